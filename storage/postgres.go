package storage

import (
	"context"
	"errors"
	"log/slog"
)

func openPostgres(context.Context, string, *slog.Logger, bool) (engine, error) {
	return nil, errors.New("PostgreSQL is not built in yet")
}

package cli

import (
	"testing"

	"meridian/storage/storagetest"
)

func TestMain(m *testing.M) { storagetest.Main(m) }

// Meridian is a help desk that lives in a team's messenger: it files requests
// from messages and mail, posts alerts, and carries each through to its end.
package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"

	"meridian/cli"
)

func main() {
	ctx, stop := context.WithCancel(context.Background())
	signals := make(chan os.Signal, 2)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM)
	go func() {
		<-signals
		stop()
		<-signals // whoever asks twice does not want to wait
		os.Exit(1)
	}()
	err := run(ctx, os.Args[1:], os.Stdout, os.Stderr)
	if err != nil {
		fmt.Fprintln(os.Stderr, "meridian:", err)
	}
	os.Exit(cli.ExitCode(err))
}

// run is the program without the process: tests call it.
func run(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	return cli.Run(ctx, args, cli.Program{Load: load, Stdin: os.Stdin, Stdout: stdout, Stderr: stderr})
}

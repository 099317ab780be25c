// Command kantong keeps a city's registry of poor and vulnerable households and answers spatial questions about it over
// GraphQL.
package main

//go:generate go run ./graph/fast/generate
//go:generate go run ./graph/fast/generate -config graph/fast/corner/gqlgen.yml
//go:generate go run ./internal/demo/sample

import (
	"context"
	"os"
	"os/signal"
	"syscall"

	"kantong/internal/cli"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := cli.Run(ctx, os.Args[1:], os.Stdout, os.Stderr)
	stop()
	os.Exit(code)
}

package cli

import (
	"fmt"
	"runtime/debug"
)

// version is set by the linker in released builds: -ldflags "-X kantong/internal/cli.version=v1.2.3".
var version = "development"

// Version names the build.
func Version() string { return version }

type versionCommand struct{}

func (versionCommand) Run(p *program) error {
	fmt.Fprintf(p.stdout, "kantong %s", Version())
	if info, ok := debug.ReadBuildInfo(); ok {
		fmt.Fprintf(p.stdout, " (%s)", info.GoVersion)
	}
	fmt.Fprintln(p.stdout)
	return nil
}

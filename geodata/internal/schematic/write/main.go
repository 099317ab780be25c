// Command write draws the schematic map of package geodata into the file it is given. `go generate ./geodata` runs it.
package main

import (
	"fmt"
	"os"

	"kantong/geodata/internal/schematic"
)

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: write FILE")
		os.Exit(2)
	}
	drawn, err := schematic.Draw()
	if err == nil {
		err = os.WriteFile(os.Args[1], drawn, 0o644)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

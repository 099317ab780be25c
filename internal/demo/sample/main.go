// Command sample writes geodata/sample: a small synthetic registry in the form that imports read, to try them with.
package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"kantong/geodata"
	"kantong/internal/demo"
	"kantong/internal/registry"
)

const households, seed = 420, 19

func main() {
	if err := write(filepath.Join("geodata", "sample")); err != nil {
		fmt.Fprintln(os.Stderr, "sample:", err)
		os.Exit(1)
	}
}

func write(dir string) error {
	list, err := geodata.SchematicAreas()
	if err != nil {
		return err
	}
	areas, err := registry.NewAreas(list)
	if err != nil {
		return err
	}
	city, err := demo.New(demo.Options{Households: households, Seed: seed, Areas: areas})
	if err != nil {
		return err
	}
	for name, fill := range map[string]func(io.Writer) error{"households.csv": city.WriteHouseholds, "programs.json": city.WritePrograms, "enrolments.csv": city.WriteEnrolments} {
		f, err := os.Create(filepath.Join(dir, name))
		if err != nil {
			return err
		}
		if err := errors.Join(fill(f), f.Close()); err != nil {
			return err
		}
	}
	return nil
}

// Command generate makes what `gqlgen generate` makes, and beside it fast.go: the same answers written by graph/fast.
package main

import (
	"flag"
	"log"
	"os"

	"github.com/99designs/gqlgen/api"
	"github.com/99designs/gqlgen/codegen/config"
)

func main() {
	log.SetFlags(0)
	file := flag.String("config", "gqlgen.yml", "gqlgen's configuration")
	flag.Parse()
	c, err := config.LoadConfig(*file)
	if err != nil {
		log.Fatal(err)
	}
	p := &plugin{}
	if err := api.Generate(c, api.AddPlugin(p)); err != nil {
		log.Fatal(err)
	}
	// A program that is checked with fast.go before gqlgen's own file is there would not compile.
	if err := os.WriteFile(p.file, p.code, 0o644); err != nil {
		log.Fatal(err)
	}
}

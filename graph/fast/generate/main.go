// Command generate makes what `gqlgen generate` makes, and beside it fast.go: the same answers written by graph/fast.
package main

import (
	"flag"
	"log"

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
	if err := api.Generate(c, api.AddPlugin(&plugin{})); err != nil {
		log.Fatal(err)
	}
}

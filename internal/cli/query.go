package cli

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"strings"

	"kantong/graph"
	"kantong/internal/access"
	"kantong/internal/registry"
)

type queryCommand struct {
	File      string `arg:"" help:"File with a GraphQL operation; - reads standard input."`
	Variables string `placeholder:"FILE" help:"JSON file with its variables."`
	Role      string `default:"planner" enum:"public,partner,planner,auditor" help:"See what this role sees (${enum}; default ${default}: whoever can read the data directory can see everything in it)."`
	Purpose   string `placeholder:"TEXT" help:"What household rows are for; it is kept in the audit log. Without it no rows are shown."`
	Cite      bool   `help:"Add a citation, by which kantong verify can ask again."`
	engineFlags
	protectionFlags
}

func (c *queryCommand) Run(p *program) error {
	text, err := readInput(c.File)
	if err != nil {
		return err
	}
	var variables map[string]any
	if c.Variables != "" {
		data, err := readInput(c.Variables)
		if err != nil {
			return err
		}
		d := json.NewDecoder(strings.NewReader(string(data)))
		d.UseNumber()
		if err := d.Decode(&variables); err != nil {
			return registry.Invalid("--variables", "%s is not a JSON object: %w", c.Variables, err)
		}
	}
	role, err := registry.ParseRole(strings.ToUpper(c.Role))
	if err != nil {
		return err
	}
	return p.withExecutor("query", c.engineFlags, c.protectionFlags, func(exec graph.Executor) error {
		answer := exec.Run(access.WithViewer(p.ctx, access.Viewer{Role: role, Purpose: c.Purpose}), string(text), variables, c.Cite)
		encoder := json.NewEncoder(p.stdout)
		encoder.SetIndent("", "  ")
		encoder.SetEscapeHTML(false)
		if err := encoder.Encode(answer); err != nil {
			return err
		}
		if len(answer.Errors) > 0 {
			return fmt.Errorf("the answer has errors; the first: %s", answer.Errors[0].Message)
		}
		return nil
	})
}

// readInput reads a file, or standard input for "-".
func readInput(path string) ([]byte, error) {
	if path == "-" {
		return io.ReadAll(os.Stdin)
	}
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, registry.Invalid("", "can't read %s: %w", path, err)
	}
	return data, nil
}

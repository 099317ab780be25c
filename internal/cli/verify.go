package cli

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"kantong/graph"
)

type verifyCommand struct {
	Citation string `arg:"" help:"The text of a citation, or a file that holds it; - reads standard input."`
	engineFlags
	protectionFlags
}

// Run asks a cited question again, of the same states and in the same role, and compares the answers.
func (c *verifyCommand) Run(p *program) error {
	text := c.Citation
	if !strings.HasPrefix(text, "kantong-citation-") {
		data, err := readInput(c.Citation)
		if err != nil {
			return err
		}
		text = string(data)
	}
	citation, err := graph.ParseCitation(text)
	if err != nil {
		return err
	}
	return p.withExecutor("verify", c.engineFlags, c.protectionFlags, func(exec graph.Executor) error {
		found, err := exec.Verify(p.ctx, citation)
		if err != nil {
			return err
		}
		fmt.Fprintf(p.stdout, "Asked as %s:\n%s\n", citation.Role, strings.TrimSpace(citation.Query))
		if len(citation.Variables) > 0 {
			variables, err := json.Marshal(citation.Variables)
			if err != nil {
				return err
			}
			fmt.Fprintf(p.stdout, "with %s\n", variables)
		}
		for _, name := range slices.Sorted(maps.Keys(found.States)) {
			fmt.Fprintf(p.stdout, "of %s%s\n", found.States[name], map[bool]string{true: " (the newest when it was asked)"}[name == ""])
		}
		if len(found.Response.Data) > 0 {
			fmt.Fprintf(p.stdout, "the registry answers:\n%s\n", indented(found.Response.Data))
		}
		if !found.Same {
			return errors.New("this is not the answer that was cited: " + found.Reason)
		}
		fmt.Fprintf(p.stdout, "This is the answer that was cited (SHA-256 %s). Compare the figures with the table that the citation stands under.\n", citation.SHA256)
		return nil
	})
}

func indented(data []byte) []byte {
	var b bytes.Buffer
	if json.Indent(&b, data, "", "  ") != nil {
		return data
	}
	return b.Bytes()
}

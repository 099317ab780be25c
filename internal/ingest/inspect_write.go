package ingest

import (
	"fmt"
	"strconv"
	"strings"
)

// write makes the mapping as a file to edit: every column, every value that needs a meaning, and why.
func (s *survey) write(out *Inspection) []byte {
	var b strings.Builder
	fmt.Fprintf(&b, "# Proposed by \"kantong import inspect\", nearest to the ready mapping %s. Check it, edit it, and import with it:\n", out.Ready)
	b.WriteString("#   kantong import households FILE --edition NAME --mapping THIS_FILE\n")
	if s.sheet != "" {
		fmt.Fprintf(&b, "sheet: %s\n", quote(s.sheet))
	}
	if out.Persons {
		b.WriteString("rows: persons # folded into families\n")
	}
	b.WriteString("columns:\n")
	written := map[string]bool{}
	some := false
	for _, c := range out.Columns {
		key := strings.ToLower(c.Name)
		switch {
		case c.Name == "" || written[key]:
		case c.Attribute == "":
			fmt.Fprintf(&b, "  # %s: %s\n", quote(c.Name), c.Why)
		default:
			fmt.Fprintf(&b, "  %s: %s # %s\n", quote(c.Name), c.Attribute, c.Why)
			written[key], some = true, true
		}
	}
	if !some {
		b.WriteString("  {}\n")
	}
	s.writeValues(&b, out)
	return []byte(b.String())
}

func (s *survey) writeValues(b *strings.Builder, out *Inspection) {
	begun, done := false, map[string]bool{}
	for _, first := range out.Columns {
		if len(first.Values) == 0 || done[first.Attribute] {
			continue
		}
		if !begun {
			b.WriteString("# What the values mean, with how often they occur. \"\" is unknown; \"*\" is every value that is not listed.\nvalues:\n")
			begun = true
		}
		done[first.Attribute] = true
		fmt.Fprintf(b, "  %s:\n", first.Attribute)
		seen, more := map[string]bool{"": true}, false
		for _, c := range out.Columns { // several may give the same attribute
			if c.Attribute != first.Attribute {
				continue
			}
			more = more || c.More
			for _, v := range c.Values {
				if key := valueKey(v.Value); !seen[key] {
					seen[key] = true
					why := ""
					if v.Why != "" {
						why = "; " + v.Why
					}
					fmt.Fprintf(b, "    %s: %s # %d%s\n", quote(v.Value), quote(v.Meaning), v.Count, why)
				}
			}
		}
		if more {
			b.WriteString("    \"*\": \"\" # there are more values than are listed here\n")
		}
	}
}

// quote writes a text as YAML has it between double quotation marks.
func quote(text string) string { return strconv.Quote(text) }

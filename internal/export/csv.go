package export

import (
	"encoding/csv"
	"encoding/json"
	"io"

	"kantong/internal/registry"
)

// WriteCSV writes a table by RFC 4180 in UTF-8, with a header. Texts that a spreadsheet would carry out are neutralised. What it rests on
// is in a file of its own (WriteCSVMetadata): a comment before the header would be a row to most programs. A geometry is left out.
func WriteCSV(w io.Writer, t Table) error {
	out := csv.NewWriter(w)
	line := make([]string, len(t.Columns))
	for i, c := range t.Columns {
		line[i] = c.Name
	}
	if err := out.Write(line); err != nil {
		return err
	}
	for row, err := range t.Rows {
		if err != nil {
			return err
		}
		for i, value := range row.Values {
			line[i] = plain(value)
			if t.Columns[i].Kind == Text {
				line[i] = registry.NeutralCell(line[i])
			}
		}
		if err := out.Write(line); err != nil {
			return err
		}
	}
	out.Flush()
	return out.Error()
}

// CSVMetadataEnding is added to the address or name of a CSV file to find its metadata.
const CSVMetadataEnding = "-metadata.json"

// WriteCSVMetadata describes a CSV file at an address by W3C's Metadata Vocabulary for Tabular Data (CSVW), which also says where
// it is to be found: beside the file, or where the answer's Link header says.
func WriteCSVMetadata(w io.Writer, address string, t Table, about About) error {
	columns := make([]map[string]any, len(t.Columns))
	for i, c := range t.Columns {
		columns[i] = map[string]any{"name": c.Name, "titles": c.Name, "datatype": map[Kind]string{Text: "string", Whole: "integer", Number: "number"}[c.Kind], "dc:description": c.Description}
		if c.Unit != "" {
			columns[i]["schema:unitText"] = c.Unit
		}
	}
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(map[string]any{"@context": []any{"http://www.w3.org/ns/csvw", map[string]string{"@language": "en"}}, "url": address, "dc:title": t.Title,
		"kantong:about": about.Object(), "tableSchema": map[string]any{"columns": columns},
		"dialect": map[string]any{"header": true, "delimiter": ",", "encoding": "utf-8"}})
}

// Object is the facts as JSON has them: a name that is there several times has a list.
func (a About) Object() map[string]any {
	out := map[string]any{}
	for _, f := range a {
		switch had := out[f.Name].(type) {
		case nil:
			out[f.Name] = f.Value
		case string:
			out[f.Name] = []string{had, f.Value}
		case []string:
			out[f.Name] = append(had, f.Value)
		}
	}
	return out
}

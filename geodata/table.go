package geodata

import (
	"bytes"
	"encoding/csv"
	"strconv"
	"strings"

	"kantong/internal/registry"
)

// row is a line of an embedded table, its cells by column name.
type row struct {
	line  int
	cells map[string]string
}

// readTable reads a CSV file whose header is exactly columns.
func readTable(data []byte, columns ...string) ([]row, error) {
	r := csv.NewReader(bytes.NewReader(data))
	header, err := r.Read()
	if err != nil {
		return nil, registry.Errorf(registry.CodeBadUserInput, "line 1", "not a table: %w", err)
	}
	if got, want := strings.Join(header, ","), strings.Join(columns, ","); got != want {
		return nil, registry.Invalid("line 1", "the columns are %s; expected %s", got, want)
	}
	records, err := r.ReadAll()
	if err != nil {
		return nil, registry.Errorf(registry.CodeBadUserInput, "", "not a table: %w", err)
	}
	rows := make([]row, len(records))
	for i, record := range records {
		rows[i] = row{line: i + 2, cells: make(map[string]string, len(columns))} // no cell of these tables spans lines
		for c, name := range columns {
			rows[i].cells[name] = record[c]
		}
	}
	return rows, nil
}

// wrong is an error about a column of the row.
func (r row) wrong(column, format string, args ...any) error {
	return registry.Under("line "+strconv.Itoa(r.line), registry.Invalid(column, format, args...))
}

// number reads a column that must hold a number.
func (r row) number(column string) (float64, error) {
	v, err := strconv.ParseFloat(r.cells[column], 64)
	if err != nil {
		return 0, r.wrong(column, "%q is not a number", r.cells[column])
	}
	return v, nil
}

package tabular

import (
	"encoding/xml"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"kantong/internal/registry"
)

// sheetRows reads the rows of a worksheet.
type sheetRows struct {
	*workbook
	part     *partReader
	kept     []keptRow // read in search of the header, not given yet
	width    int       // columns of the header
	number   int
	formulas map[int]int64 // column → cells whose last computed value was taken
	computed []int         // columns of such cells in the row read last
	ended    bool
}

type keptRow struct {
	Row
	computed []int
}

func (w *workbook) openSheet(s sheet, opts Options) (*Table, error) {
	part, err := w.read(s.part, opts.Progress)
	if err != nil {
		return nil, err
	}
	if part == nil {
		return nil, registry.Invalid("sheet", "the workbook lacks the part %s of sheet %q", s.part, s.name)
	}
	r := &sheetRows{workbook: w, part: part, formulas: map[int]int64{}}
	t := &Table{Format: XLSX, Comma: ',', Sheet: s.name, rows: r}
	if err := r.readHeader(t); err != nil {
		part.close()
		return nil, err
	}
	return t, nil
}

func (r *sheetRows) readHeader(t *Table) error {
	var rows [][]string
	for len(r.kept) < headerWindow {
		row, err := r.read()
		if err == io.EOF {
			break
		}
		if err != nil {
			return err
		}
		if filled(row.Fields) > 0 {
			r.kept = append(r.kept, keptRow{row, slices.Clone(r.computed)})
			rows = append(rows, row.Fields)
		}
	}
	if len(rows) == 0 {
		return registry.Invalid("file", "sheet %q %s", t.Sheet, noRows)
	}
	h := findHeader(rows)
	t.Names, t.HeaderRow, r.width = h.names, r.kept[h.first].Number, len(h.names)
	r.kept = r.kept[h.first+h.rows:]
	return nil
}

func (r *sheetRows) next() (Row, error) {
	var row Row
	if len(r.kept) > 0 {
		row, r.computed, r.kept = r.kept[0].Row, r.kept[0].computed, r.kept[1:]
	} else {
		var err error
		if row, err = r.read(); err != nil {
			return row, err
		}
	}
	for _, column := range r.computed {
		r.formulas[column]++
	}
	for len(row.Fields) < r.width {
		row.Fields = append(row.Fields, "")
	}
	for _, beyond := range row.Fields[r.width:] {
		if strings.TrimSpace(beyond) != "" {
			return Row{Number: row.Number, Fault: "has a value right of the last column that has a name", Column: -1}, nil
		}
	}
	row.Fields = row.Fields[:r.width]
	row.Doubts = slices.DeleteFunc(row.Doubts, func(d Doubt) bool { return d.Column >= r.width })
	return row, nil
}

// read gives the next row, as wide as its last cell.
func (r *sheetRows) read() (Row, error) {
	for !r.ended {
		token, err := r.part.token()
		if err != nil {
			return Row{}, cutOff(err)
		}
		switch token := token.(type) {
		case xml.StartElement:
			if token.Name.Local != "row" {
				continue
			}
			r.number++
			if text := attr(token, "r"); text != "" {
				n, err := strconv.Atoi(text)
				if err != nil || n < r.number {
					return Row{}, damaged(fmt.Errorf("row %q stands after row %d", short(text), r.number-1))
				}
				r.number = n
			}
			if r.number > maxSheetRows {
				return Row{}, damaged(fmt.Errorf("more than %d rows", maxSheetRows))
			}
			return r.row()
		case xml.EndElement:
			r.ended = token.Name.Local == "sheetData"
		}
	}
	return Row{}, io.EOF
}

func (r *sheetRows) row() (Row, error) {
	row, column := Row{Number: r.number, Column: -1}, -1
	r.computed = r.computed[:0]
	size := 0
	for {
		token, err := r.part.token()
		if err != nil {
			return row, cutOff(err)
		}
		switch token := token.(type) {
		case xml.StartElement:
			if token.Name.Local != "c" {
				continue
			}
			column++
			if ref := attr(token, "r"); ref != "" {
				n, ok := columnOf(ref)
				if !ok || n < column {
					return row, damaged(fmt.Errorf("row %d has a cell %q out of order", r.number, short(ref)))
				}
				column = n
			}
			if column >= maxColumns {
				return row, registry.Invalid("file", "row %d has more than %d columns", r.number, maxColumns)
			}
			value, doubt, err := r.cell(attr(token, "t"), attr(token, "s"), column)
			if err != nil {
				return row, err
			}
			if size += len(value); size > maxTokenBytes {
				return row, registry.Invalid("file", "row %d is longer than %d bytes", r.number, maxTokenBytes)
			}
			if value == "" && doubt == "" {
				continue
			}
			if missing := column + 1 - len(row.Fields); missing > 0 {
				row.Fields = append(row.Fields, make([]string, missing)...)
			}
			row.Fields[column] = value
			if doubt != "" {
				row.Doubts = append(row.Doubts, Doubt{column, doubt})
			}
		case xml.EndElement:
			if token.Name.Local == "row" {
				return row, nil
			}
		}
	}
}

// cell reads what stands between the beginning of a cell and its end.
func (r *sheetRows) cell(kind, style string, column int) (value, doubt string, err error) {
	var text []byte
	formula, in := false, ""
	for done := false; !done; {
		token, err := r.part.token()
		if err != nil {
			return "", "", cutOff(err)
		}
		switch token := token.(type) {
		case xml.StartElement:
			switch in = token.Name.Local; in {
			case "f":
				formula = true
			case "is":
				if text, err = r.part.plainText(text[:0], "is"); err != nil {
					return "", "", err
				}
				in = ""
			}
		case xml.EndElement:
			in, done = "", token.Name.Local == "c"
		case xml.CharData:
			if in == "v" {
				text = append(text, token...)
			}
			if len(text) > maxCellBytes {
				return "", "", registry.Invalid("file", "a cell in row %d is longer than a mebibyte", r.number)
			}
		}
	}
	if formula && len(text) == 0 {
		return "", "is a formula without a computed value; open the file in a spreadsheet and save it", nil
	}
	if formula {
		r.computed = append(r.computed, column)
	}
	value, doubt = r.value(kind, style, string(text))
	return value, doubt, nil
}

// value makes text of what a cell holds (ECMA-376 part 1, 18.18.11).
func (r *sheetRows) value(kind, style, text string) (value, doubt string) {
	switch {
	case text == "":
		return "", ""
	case kind == "s":
		value, ok := r.shared.at(text)
		if !ok {
			return "", "names a text that the workbook does not have"
		}
		return value, ""
	case kind == "b":
		return strconv.FormatBool(text == "1" || text == "true"), ""
	case kind == "e":
		return text, "is the error of a formula"
	case kind == "str" || kind == "inlineStr":
		return text, ""
	case kind == "d":
		return strings.TrimSuffix(text, "T00:00:00"), ""
	}
	number, rounded, ok := plainNumber(text)
	if !ok {
		return text, "is no number, although the workbook says so"
	}
	if rounded {
		return number, roundedNumber
	}
	if r.styles.isDate(style) {
		days, _ := strconv.ParseFloat(text, 64)
		if day, ok := r.styles.date(days); ok {
			return day, ""
		}
	}
	return number, ""
}

// columnOf gives the column, from 0, of a reference such as AB12.
func columnOf(ref string) (n int, ok bool) {
	i := 0
	for ; i < len(ref) && i < 4 && ref[i] >= 'A' && ref[i] <= 'Z'; i++ {
		n = n*26 + int(ref[i]-'A') + 1
	}
	return n - 1, i > 0 && i < len(ref) && ref[i] >= '0' && ref[i] <= '9'
}

func short(text string) string { return text[:min(len(text), 20)] }

func (r *sheetRows) notes(names []string) []string {
	var out []string
	columns := make([]int, 0, len(r.formulas))
	for c := range r.formulas {
		columns = append(columns, c)
	}
	slices.Sort(columns)
	for _, c := range columns {
		if c < len(names) && names[c] != "" {
			out = append(out, fmt.Sprintf("column %s has %d formulas; the values last computed were read", names[c], r.formulas[c]))
		}
	}
	return out
}

func (r *sheetRows) close() error {
	r.part.close()
	return nil
}

package export

import (
	"fmt"
	"io"

	"github.com/xuri/excelize/v2"

	"kantong/internal/registry"
)

// maxSheetRows is what a sheet holds, with its header.
const maxSheetRows = 1_048_576

// writeXLSX writes two sheets: about, with what the table rests on and what its columns mean, and the table.
func writeXLSX(w io.Writer, t Table, about About) (err error) {
	book := excelize.NewFile()
	defer func() {
		if closed := book.Close(); err == nil {
			err = closed
		}
	}()
	if err := book.SetSheetName("Sheet1", "about"); err != nil {
		return err
	}
	bold, err := book.NewStyle(&excelize.Style{Font: &excelize.Font{Bold: true}})
	if err != nil {
		return err
	}
	facts := make([][]any, 0, len(about)+len(t.Columns))
	for _, f := range about.columns(&t) {
		facts = append(facts, []any{registry.NeutralCell(f.Name), registry.NeutralCell(f.Value)})
	}
	if err := writeSheet(book, "about", []any{"about", "this file"}, []float64{24, 100}, bold, rowsOfCells(facts)); err != nil {
		return err
	}
	if _, err := book.NewSheet(t.Name); err != nil {
		return err
	}
	header, widths := make([]any, len(t.Columns)), make([]float64, len(t.Columns))
	for i, c := range t.Columns {
		header[i], widths[i] = c.Name, float64(max(10, min(len(c.Name)+2, 40)))
	}
	if err := writeSheet(book, t.Name, header, widths, bold, cellsOf(&t)); err != nil {
		return err
	}
	return book.Write(w)
}

func rowsOfCells(list [][]any) func(func([]any, error) bool) {
	return func(yield func([]any, error) bool) {
		for _, cells := range list {
			if !yield(cells, nil) {
				return
			}
		}
	}
}

func cellsOf(t *Table) func(func([]any, error) bool) {
	return func(yield func([]any, error) bool) {
		for row, err := range t.Rows {
			cells := make([]any, len(row.Values))
			for i, value := range row.Values {
				if cells[i] = value; t.Columns[i].Kind == Text {
					cells[i] = any(registry.NeutralCell(plain(value)))
				}
				if value == nil {
					cells[i] = nil
				}
			}
			if !yield(cells, err) {
				return
			}
		}
	}
}

// writeSheet writes a header, which stays in view, and rows, with little memory.
func writeSheet(book *excelize.File, name string, header []any, widths []float64, bold int, rows func(func([]any, error) bool)) error {
	sheet, err := book.NewStreamWriter(name)
	if err != nil {
		return err
	}
	for i, width := range widths {
		if err := sheet.SetColWidth(i+1, i+1, width); err != nil {
			return err
		}
	}
	if err := sheet.SetPanes(&excelize.Panes{Freeze: true, YSplit: 1, TopLeftCell: "A2", ActivePane: "bottomLeft"}); err != nil {
		return err
	}
	for i := range header {
		header[i] = excelize.Cell{StyleID: bold, Value: header[i]}
	}
	if err := sheet.SetRow("A1", header); err != nil {
		return err
	}
	n := 1
	for cells, err := range rows {
		if err != nil {
			return err
		}
		if n++; n > maxSheetRows {
			return registry.Errorf(registry.CodeComplexity, "", "a sheet of XLSX holds %d rows: narrow the filter, or take CSV or GeoPackage", maxSheetRows-1)
		}
		if err := sheet.SetRow(fmt.Sprintf("A%d", n), cells); err != nil {
			return err
		}
	}
	return sheet.Flush()
}

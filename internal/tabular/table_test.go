package tabular

import (
	"archive/zip"
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"

	"kantong/internal/registry"
)

// save puts a file into a directory of its own, under a name that tells nothing.
func save(t testing.TB, content []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(path, content, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// book makes a workbook: parts by name. Parts that a workbook needs and that are not given are those of one sheet, "Data".
func book(t testing.TB, parts map[string]string) []byte {
	t.Helper()
	all := map[string]string{
		"xl/workbook.xml":            `<workbook xmlns:r="r"><sheets><sheet name="Data" sheetId="1" r:id="rId1"/></sheets></workbook>`,
		"xl/_rels/workbook.xml.rels": `<Relationships><Relationship Id="rId1" Type="http://x/worksheet" Target="worksheets/sheet1.xml"/><Relationship Id="rId2" Type="http://x/worksheet" Target="/xl/worksheets/sheet2.xml"/></Relationships>`,
	}
	for name, text := range parts {
		all[name] = text
	}
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for name, text := range all {
		w, err := z.Create(name)
		if err == nil {
			_, err = io.WriteString(w, text)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

const sheet1 = "xl/worksheets/sheet1.xml"

// rowsOf writes the rows of a sheet, each given as its cells' XML.
func rowsOf(rows ...string) string {
	return "<worksheet><sheetData><row>" + strings.Join(rows, "</row><row>") + "</row></sheetData></worksheet>"
}

func inline(texts ...string) (cells string) {
	for _, text := range texts {
		cells += `<c t="inlineStr"><is><t>` + text + `</t></is></c>`
	}
	return cells
}

// read gives all rows of a file as their number and values, or their fault.
func read(t testing.TB, path string, opts Options) (table *Table, rows [][]any, err error) {
	t.Helper()
	file, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	table, err = Open(context.Background(), file, opts)
	if err != nil {
		return nil, nil, err
	}
	defer table.Close()
	for {
		row, err := table.Next()
		if err == io.EOF {
			return table, rows, nil
		}
		if err != nil {
			return table, rows, err
		}
		if len(rows) == 10_000 { // of more, the first and the last are kept
			rows = rows[:len(rows)-1]
		}
		out := []any{row.Number}
		if row.Fault != "" {
			out = append(out, row.Fault)
		}
		for _, field := range row.Fields {
			out = append(out, field)
		}
		for _, d := range row.Doubts {
			out = append(out, fmt.Sprintf("%d %s", d.Column, d.Reason))
		}
		rows = append(rows, out)
	}
}

func TestWorkbook(t *testing.T) {
	content := book(t, map[string]string{
		"xl/sharedStrings.xml": `<sst><si><t>Nomor KK</t></si><si><r><t>Kera</t></r><r><t>mat &amp; Co</t></r><rPh><t>x</t></rPh></si></sst>`,
		"xl/styles.xml": `<styleSheet><numFmts><numFmt numFmtId="164" formatCode="dd/mm/yyyy"/><numFmt numFmtId="165" formatCode="&quot;days&quot; 0"/></numFmts>
			<cellStyleXfs><xf numFmtId="14"/></cellStyleXfs><cellXfs><xf numFmtId="0"/><xf numFmtId="164"/><xf numFmtId="165"/><xf numFmtId="22"/></cellXfs></styleSheet>`,
		sheet1: `<worksheet><sheetData>
			<row r="1"><c r="A1" t="inlineStr"><is><t>DATA KELUARGA</t></is></c></row>
			<row r="3"><c r="A3" t="s"><v>0</v></c>` + inline("Kelurahan", "Lahir", "Hari", "Luas", "Aktif", "Jumlah") + `</row>
			<row r="4"><c r="A4" t="str"><v>1971040101200001</v></c><c r="B4" t="s"><v>1</v></c><c s="1"><v>29280</v></c><c s="2"><v>3</v></c><c><v>36.5</v></c><c t="b"><v>1</v></c><c><f>1+1</f><v>2</v></c></row>
			<row r="6"><c r="A6"><v>1.97104010120000E+15</v></c><c r="C6" s="3"><v>1.5</v></c><c r="E6"><v>0.1</v></c><c t="e"><v>#N/A</v></c><c><f>A1</f></c></row>
			<row r="7"><c r="A7"><v>1971040101200007</v></c><c r="E7"><v>1e3</v></c></row>
			<row r="8"><c r="A8"/><c r="J8"><v>5</v></c></row>
			</sheetData></worksheet>`,
	})
	table, rows, err := read(t, save(t, content), Options{})
	if err != nil {
		t.Fatal(err)
	}
	want := [][]any{
		{4, "1971040101200001", "Keramat & Co", "1980-02-29", "3", "36.5", "true", "2"},
		{6, "1971040101200000", "", "1900-01-01 12:00:00", "", "0.1", "#N/A", "", "0 " + roundedNumber, "5 is the error of a formula", "6 is a formula without a computed value; open the file in a spreadsheet and save it"},
		{7, "1971040101200007", "", "", "", "1000", "", ""},
		{8, "has a value right of the last column that has a name"},
	}
	if diff := cmp.Diff(want, rows); diff != "" {
		t.Error(diff)
	}
	if table.Format != XLSX || table.Sheet != "Data" || table.HeaderRow != 3 {
		t.Errorf("%+v", table)
	}
	wantNotes := []string{"the names of the columns stand in row 3; what is above was not read", "column Jumlah has 1 formulas; the values last computed were read"}
	if diff := cmp.Diff(wantNotes, table.Notes()); diff != "" {
		t.Error(diff)
	}
}

func TestSheets(t *testing.T) {
	parts := func(second string) map[string]string {
		return map[string]string{
			"xl/workbook.xml": `<workbook xmlns:r="r"><sheets><sheet name="Data" r:id="rId1"/><sheet name="Lain" r:id="rId2"/></sheets></workbook>`,
			sheet1:            rowsOf(inline("a", "b"), inline("1", "2")), "xl/worksheets/sheet2.xml": second,
		}
	}
	empty, full := save(t, book(t, parts(rowsOf("")))), save(t, book(t, parts(rowsOf(inline("c", "d"), inline("3", "4")))))
	if table, _, err := read(t, empty, Options{}); err != nil || table.Sheet != "Data" {
		t.Errorf("beside an empty sheet: %+v, %v", table, err)
	}
	if _, _, err := read(t, full, Options{}); err == nil || !strings.Contains(err.Error(), `"Data", "Lain"`) {
		t.Errorf("two sheets: %v", err)
	}
	if table, rows, err := read(t, full, Options{Sheet: "lain"}); err != nil || table.Names[0] != "c" || len(rows) != 1 {
		t.Errorf("the second sheet: %v, %v", rows, err)
	}
	if _, _, err := read(t, full, Options{Sheet: "x"}); err == nil || !strings.Contains(err.Error(), `no sheet "x"`) {
		t.Errorf("no such sheet: %v", err)
	}
}

func TestEncodings(t *testing.T) {
	text := "kk;nama\n1;Siti Zulaiḫa\n"
	latin := "kk;nama\n1;Café\n"
	for _, test := range []struct{ name, encoding, text string }{
		{"UTF-8", "UTF-8", text},
		{"mark", "UTF-8", "\ufeff" + text},
		{"UTF-16 little", "UTF-16", encode(t, unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewEncoder().String, text)},
		{"UTF-16 big", "UTF-16", encode(t, unicode.UTF16(unicode.BigEndian, unicode.UseBOM).NewEncoder().String, text)},
		{"UTF-16 without a mark", "UTF-16", encode(t, unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM).NewEncoder().String, text)},
		{"Windows-1252", "Windows-1252", encode(t, charmap.Windows1252.NewEncoder().String, latin)},
		{"Windows-1252 late", "Windows-1252", encode(t, charmap.Windows1252.NewEncoder().String, "kk;nama\n"+strings.Repeat("1;x\n", 200_000)+"1;Café\n")},
		{"UTF-8 across the buffer", "UTF-8", "kk;nama\n" + strings.Repeat("1;é\n", 200_000) + "1;Café\n"},
	} {
		table, rows, err := read(t, save(t, []byte(test.text)), Options{})
		if err != nil || table.Encoding != test.encoding {
			t.Errorf("%s: %+v, %v", test.name, table, err)
			continue
		}
		if last := rows[len(rows)-1]; last[2] != "Siti Zulaiḫa" && last[2] != "Café" {
			t.Errorf("%s: read %q", test.name, last)
		}
	}
	_, rows, err := read(t, save(t, []byte("kk;nama\n1;é\n2;\xe9\n")), Options{})
	if err != nil || len(rows) != 2 || rows[1][1] != "is not valid UTF-8" {
		t.Errorf("a broken row among proper ones: %v, %v", rows, err)
	}
}

func encode(t *testing.T, f func(string) (string, error), text string) string {
	t.Helper()
	out, err := f(text)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func TestRefusedKinds(t *testing.T) {
	for _, test := range []struct{ content, want string }{
		{"", "empty"}, {"\n\r\n ", "empty"}, {"\xd0\xcf\x11\xe0abc", "old Excel"}, {"%PDF-1.7", "PDF"}, {"\x1f\x8b\x08", "unpack"},
		{"<html><table>", "HTML"}, {`{"type": 1}`, "JSON"}, {"SQLite format 3\x00garbage", "GeoPackage"}, {"PK\x03\x04garbage", "damaged"},
		{string(book(t, map[string]string{"mimetype": "x"})), "OpenDocument"},
	} {
		_, _, err := read(t, save(t, []byte(test.content)), Options{})
		if registry.CodeOf(err) != registry.CodeBadUserInput || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%.20q: %v; want BAD_USER_INPUT with %q", test.content, err, test.want)
		}
	}
}

func TestNumbers(t *testing.T) {
	for text, want := range map[string]string{"1": "1", "1.0": "1", "36.5": "36.5", "0.1": "0.1", "1E+2": "100", "-2.1351234": "-2.1351234",
		"123456789012345": "123456789012345", "1971040101200001": "1971040101200001", "1.971040101200001E15": "1971040101200001",
		"1971040101200000": "rounded", "1.9710401012E+15": "rounded", "9971040101200001": "rounded", "1e300": "rounded", "x": "none", "NaN": "none"} {
		number, rounded, ok := plainNumber(text)
		if rounded {
			number = "rounded"
		}
		if !ok {
			number = "none"
		}
		if number != want {
			t.Errorf("%s: %s; want %s", text, number, want)
		}
	}
}

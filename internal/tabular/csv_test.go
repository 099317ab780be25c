package tabular

import (
	"encoding/csv"
	"io"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// readRecords reads a text and writes each record as its line and its values or its fault.
func readRecords(text string) (header []string, out [][]any, err error) {
	r := newCSVReader(strings.NewReader(text))
	if header, err = r.readHeader(); err != nil {
		return nil, nil, err
	}
	for {
		rec, err := r.next()
		switch {
		case err == io.EOF:
			return header, out, nil
		case err != nil:
			return nil, nil, err
		case rec.Fault != "":
			out = append(out, []any{rec.Number, rec.Fault, rec.Column})
		default:
			out = append(out, []any{rec.Number, slices.Clone(rec.Fields)})
		}
	}
}

func TestCSV(t *testing.T) {
	const wrongCount, badQuote = "the number of columns differs from the header's", "has a quotation mark that is not closed, or text after the closing one"
	row := func(line int, values ...string) []any { return []any{line, values} }
	long := strings.Repeat("x", maxLineBytes+1)
	manyLines := strings.Repeat("x\n", maxRecordLines+1)
	for _, test := range []struct {
		name, text string
		header     []string
		want       [][]any
	}{
		{"comma", "a,b\n1,2\n", []string{"a", "b"}, [][]any{row(2, "1", "2")}},
		{"semicolon beats commas in names", "\"a, b, c\";d\n1;2,5\n", []string{"a, b, c", "d"}, [][]any{row(2, "1", "2,5")}},
		{"tab, mark, carriage returns", "\ufeffa\tb\r\n1\t2\r\n", []string{"a", "b"}, [][]any{row(2, "1", "2")}},
		{"no line end at the end", "a,b\n1,2", []string{"a", "b"}, [][]any{row(2, "1", "2")}},
		{"name in two lines", "\"a\nb\",c\n1,2\n", []string{"a b", "c"}, [][]any{row(3, "1", "2")}},
		{"empty lines", "\na,b\n\n\r\n1,2\n", []string{"a", "b"}, [][]any{row(5, "1", "2")}},
		{"quotes", "a,b\n\"x \"\"y\"\", z\",\"\"\n", []string{"a", "b"}, [][]any{row(2, `x "y", z`, "")}},
		{"value in three lines", "a,b\n\"1\r\n\n3\",2\n4,5\n", []string{"a", "b"}, [][]any{row(2, "1\n\n3", "2"), row(5, "4", "5")}},
		{"quote inside a value", "a,b\n5\" pipe,2\n", []string{"a", "b"}, [][]any{row(2, `5" pipe`, "2")}},
		{"too few and too many", "a,b\n1\n1,2,3\n4,5\n", []string{"a", "b"},
			[][]any{{2, wrongCount, -1}, {3, wrongCount, -1}, row(4, "4", "5")}},
		{"text after a quote", "a,b\n\"1\"x,2\n3,4\n", []string{"a", "b"}, [][]any{{2, badQuote, 0}, row(3, "3", "4")}},
		{"quote never closed", "a,b\n1,\"2\n3,4\n5,6\n", []string{"a", "b"}, [][]any{{2, badQuote, 1}, row(3, "3", "4"), row(4, "5", "6")}},
		{"quote closed by chance", "a,b\n1,\"2\n3,\"4\n5,6\n", []string{"a", "b"},
			[][]any{{2, badQuote, 1}, {3, badQuote, 1}, row(4, "5", "6")}},
		{"quote closed by chance with a wrong count", "a,b\n1,\"2\n3\",4,5\n6,7\n", []string{"a", "b"},
			[][]any{{2, wrongCount, -1}, {3, wrongCount, -1}, row(4, "6", "7")}},
		{"long line", "a,b\n1," + long + "\n3,4\n", []string{"a", "b"}, [][]any{{2, "is longer than a mebibyte", -1}, row(3, "3", "4")}},
		{"long line in a value", "a,b\n1,\"2\n" + long + "\n3,4\n", []string{"a", "b"},
			[][]any{{2, badQuote, 1}, {3, "is longer than a mebibyte", -1}, row(4, "3", "4")}},
		{"not text", "a,b\n1,\xff\n3,4\n", []string{"a", "b"}, [][]any{{2, "is not valid UTF-8", 1}, row(3, "3", "4")}},
		{"NUL", "a,b\n1,x\x00\n3,4\n", []string{"a", "b"}, [][]any{{2, "has a NUL byte", 1}, row(3, "3", "4")}},
		{"bars", "a|b|c\n1,5|2,5|\n", []string{"a", "b", "c"}, [][]any{row(2, "1,5", "2,5", "")}},
		{"decimal commas", "a;b\n1,5;2,5\n1,5;2,5\n", []string{"a", "b"}, [][]any{row(2, "1,5", "2,5"), row(3, "1,5", "2,5")}},
		{"title lines", "DATA KELUARGA, Desember 2025\n\nNo;KK;Desil\n1;2;3\n", []string{"No", "KK", "Desil"}, [][]any{row(4, "1", "2", "3")}},
		{"title of full width", "DATA KELUARGA;;\nNo;KK;Desil\n1;2;3\n", []string{"No", "KK", "Desil"}, [][]any{row(3, "1", "2", "3")}},
		{"names in two rows, one of them shorter", "No;Rumah;;Alamat\n;Lantai;Dinding\n1;2;3;x\n", []string{"No", "Lantai", "Dinding", "Alamat"}, [][]any{row(3, "1", "2", "3", "x")}},
		{"names in two rows", "No;Rumah;;Alamat\n;Lantai;Dinding;\n1;2;3;x\n", []string{"No", "Lantai", "Dinding", "Alamat"}, [][]any{row(3, "1", "2", "3", "x")}},
		{"merged names", "No;Rumah;;\n;Lantai;Dinding;Atap\n1;2;3;x\n", []string{"No", "Lantai", "Dinding", "Atap"}, [][]any{row(3, "1", "2", "3", "x")}},
		{"blank names", "a,,c,\n1,2,3,4\n", []string{"a", "", "c", ""}, [][]any{row(2, "1", "2", "3", "4")}},
	} {
		t.Run(test.name, func(t *testing.T) {
			header, got, err := readRecords(test.text)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(test.header, header); diff != "" {
				t.Error(diff)
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
	_, got, err := readRecords("a,b\n1,\"2\n" + manyLines + "3,4\n")
	if err != nil || len(got) != maxRecordLines+3 || !cmp.Equal(got[len(got)-1], row(maxRecordLines+4, "3", "4")) {
		t.Errorf("a quotation mark over %d lines swallows more than its own: %d records, error %v", maxRecordLines+1, len(got), err)
	}
}

func TestHeaderRefused(t *testing.T) {
	for _, test := range []struct{ name, text, want string }{
		{"nothing", "", "the file is empty"},
		{"only line ends", "\n\r\n", "the file is empty"},
		{"NUL", "a,b\x00\n", "line 1 has a NUL byte"},
		{"not text", "a,b\xff\n", "line 1 is not valid UTF-8"},
		{"quote", "a,\"b\n", "line 1 has a quotation mark"},
		{"old line ends", "a,b\r1,2\r", "carriage returns alone"},
	} {
		t.Run(test.name, func(t *testing.T) {
			if _, _, err := readRecords(test.text); err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("error %v; want one with %q", err, test.want)
			}
		})
	}
}

// FuzzCSV: what encoding/csv reads without complaint, and with every row of the header's length, is read alike.
func FuzzCSV(f *testing.F) {
	f.Add("a,b\n1,2\n")
	f.Add("a,b\n\"1\n2\",\"\"\"\"\n\n3,4")
	f.Add("a,b\n1,\"2\n3\",4\n")
	f.Fuzz(func(t *testing.T, text string) {
		header, got, err := readRecords(text)
		reference := csv.NewReader(strings.NewReader(strings.TrimPrefix(text, "\ufeff")))
		want, referenceErr := reference.ReadAll()
		if referenceErr != nil || err != nil || len(want) == 0 || filled(want[0]) == 0 || sniffDelimiter([]byte(text)) != ',' ||
			strings.Contains(text, "\r") || strings.Count(strings.Join(want[0], ""), ",") > 0 || len(header) != len(want[0]) || !areNames(want[0]) || ColumnName(want[0][0]) != header[0] {
			return
		}
		full := slices.DeleteFunc(slices.Clone(want), func(row []string) bool { return filled(row) == 0 })
		if h := findHeader(full[:min(len(full), headerWindow)]); h.first > 0 || h.rows > 1 {
			return // below a title, or in two rows, as merged cells are
		}
		var rows [][]string
		for _, rec := range got {
			values, ok := rec[1].([]string)
			if !ok {
				reason := rec[1].(string)
				if slices.ContainsFunc([]string{"UTF-8", "NUL", "was lost", "quotation"}, func(known string) bool { return strings.Contains(reason, known) }) {
					return // encoding/csv lets bytes and very long values pass
				}
				t.Fatalf("%q: %v", text, rec)
			}
			rows = append(rows, values)
		}
		if diff := cmp.Diff(want[1:], rows); diff != "" && len(want) > 1 {
			t.Fatalf("%q: %s", text, diff)
		}
	})
}

package tabular

import (
	"archive/zip"
	"bytes"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"kantong/internal/registry"
)

// repeated is a text that would not fit in memory.
type repeated struct {
	text string
	left int64
}

func (r *repeated) Read(p []byte) (n int, err error) {
	for n < len(p) && r.left > 0 {
		c := copy(p[n:], r.text[:min(int64(len(r.text)), r.left)])
		n, r.left = n+c, r.left-int64(c)
	}
	if r.left == 0 {
		err = io.EOF
	}
	return n, err
}

// bomb makes a workbook one of whose parts unpacks to far more than it takes.
func bomb(t testing.TB, part, before, repeat string, size int64) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for name, text := range map[string]string{
		"xl/workbook.xml":            `<workbook xmlns:r="r"><sheets><sheet name="Data" r:id="rId1"/></sheets></workbook>`,
		"xl/_rels/workbook.xml.rels": `<Relationships><Relationship Id="rId1" Type="http://x/worksheet" Target="worksheets/sheet1.xml"/></Relationships>`,
		sheet1:                       rowsOf(inline("a", "b"), inline("1", "2")),
	} {
		w, err := z.Create(name)
		if err != nil {
			t.Fatal(err)
		}
		if name == part {
			_, err = io.Copy(w, io.MultiReader(strings.NewReader(before), &repeated{repeat, size}))
		} else {
			_, err = io.WriteString(w, text)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if part == "xl/sharedStrings.xml" {
		w, err := z.Create(part)
		if err == nil {
			_, err = io.Copy(w, io.MultiReader(strings.NewReader(before), &repeated{repeat, size}))
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

// TestHostile reads files made to do harm: each ends with an error that has a code, or with rows at fault, in bounded
// memory, and leaves nothing anywhere.
func TestHostile(t *testing.T) {
	proper := book(t, map[string]string{sheet1: rowsOf(inline("a", "b"), strings.Repeat(inline("1", "2")+"</row><row>", 2000))})
	many := map[string]string{}
	for i := range maxParts + 1 {
		many[fmt.Sprint("x", i)] = ""
	}
	big := strings.Repeat("x", 10<<20)
	for name, content := range map[string][]byte{
		"truncated workbook":           proper[:len(proper)/2],
		"workbook without an end":      proper[:len(proper)-30],
		"path traversal":               book(t, map[string]string{"../../../../tmp/kantong-was-here": "x", "xl/_rels/workbook.xml.rels": `<Relationships><Relationship Id="rId1" Type="http://x/worksheet" Target="../../../../etc/passwd"/></Relationships>`}),
		"sheet cut off":                book(t, map[string]string{sheet1: `<worksheet><sheetData><row><c t="inlineStr"><is><t>a`}),
		"10 MB cell":                   book(t, map[string]string{sheet1: rowsOf(inline("a", "b"), inline("1", big))}),
		"10 MB shared text":            book(t, map[string]string{sheet1: rowsOf(inline("a", "b")), "xl/sharedStrings.xml": "<sst><si><t>" + big + "</t></si></sst>"}),
		"10 MB attribute":              book(t, map[string]string{sheet1: `<worksheet a="` + big + `">`}),
		"far column":                   book(t, map[string]string{sheet1: rowsOf(inline("a", "b"), `<c r="ZZZ2"><v>1</v></c>`)}),
		"cells in no order":            book(t, map[string]string{sheet1: rowsOf(inline("a", "b"), `<c r="C2"><v>1</v></c><c r="A2"><v>1</v></c>`)}),
		"rows in no order":             book(t, map[string]string{sheet1: `<worksheet><sheetData><row r="9">` + inline("a", "b") + `</row><row r="2">` + inline("1", "2") + `</row></sheetData></worksheet>`}),
		"a million columns":            book(t, map[string]string{sheet1: rowsOf(strings.Repeat(inline("a"), 1_000_000))}),
		"entities":                     book(t, map[string]string{sheet1: `<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><worksheet><sheetData><row><c t="inlineStr"><is><t>&b;</t></is></c></row></sheetData></worksheet>`}),
		"many entries":                 book(t, many),
		"bomb of one text":             bomb(t, sheet1, `<worksheet><sheetData><row><c t="inlineStr"><is><t>`, "xxxxxxxx", 1<<28),
		"bomb of cells":                bomb(t, sheet1, `<worksheet><sheetData><row>`, `<c t="inlineStr"><is><t>xxxxxxxxxxxxxxxxxxxx</t></is></c>`, 1<<28),
		"bomb of texts":                bomb(t, "xl/sharedStrings.xml", "<sst>", "<si><t>"+strings.Repeat("x", 1000)+"</t></si>", 1<<28),
		"csv of a million columns":     []byte(strings.Repeat("a,", 1_000_000) + "\n1\n"),
		"csv of half a million":        []byte(strings.Repeat("a,", 100_000) + "\n1\n"),
		"csv with a 10 MB cell":        []byte("a,b\n1," + big + "\n"),
		"csv with a quoted 10 MB cell": []byte("a,b\n1,\"" + strings.Repeat("x\n", 5<<20) + "\"\n"),
		"csv of NUL bytes":             []byte("a,b\n1,\x00\n" + strings.Repeat("\x00", 10<<20)),
		"NUL bytes":                    make([]byte, 10<<20),
		"random bytes":                 noise(1 << 20),
		"SQLite of random bytes":       append([]byte("SQLite format 3\x00"), noise(1<<20)...),
	} {
		t.Run(name, func(t *testing.T) {
			path := save(t, content)
			stop := watchMemory()
			_, rows, err := read(t, path, Options{})
			if most := stop(); most > 512<<20 {
				t.Errorf("took %d MB", most>>20)
			}
			if err != nil && registry.CodeOf(err) != registry.CodeBadUserInput {
				t.Errorf("error %v has code %s", err, registry.CodeOf(err))
			}
			for _, row := range rows {
				if reason, ok := row[1].(string); err == nil && (!ok || len(row) != 2 || !strings.Contains(reason, " ")) {
					t.Errorf("read %.60q", row)
				}
			}
			if left, _ := filepath.Glob(filepath.Dir(path) + "/*"); len(left) != 1 {
				t.Errorf("left %q", left)
			}
			if _, err := os.Stat("/tmp/kantong-was-here"); err == nil {
				t.Error("the archive was unpacked")
			}
		})
	}
}

// noise is bytes in no order, always the same.
func noise(n int) []byte {
	out, x := make([]byte, n), uint32(1)
	for i := range out {
		x = x*1664525 + 1013904223
		out[i] = byte(x >> 24)
	}
	return out
}

// watchMemory tells the largest heap between the call and that of what it returns, less what was there before.
func watchMemory() (stop func() uint64) {
	var before, now runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	var most atomic.Uint64
	done := make(chan struct{})
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		for {
			select {
			case <-done:
				return
			case <-time.After(5 * time.Millisecond):
				runtime.ReadMemStats(&now)
				most.Store(max(most.Load(), now.HeapAlloc-min(before.HeapAlloc, now.HeapAlloc)))
			}
		}
	}()
	return func() uint64 {
		close(done)
		<-ended
		return most.Load()
	}
}

// FuzzWorkbook: whatever a sheet holds, reading ends with rows as wide as the header or an error with a code.
func FuzzWorkbook(f *testing.F) {
	f.Add(rowsOf(inline("a", "b"), inline("1", "2")), "<sst><si><t>x</t></si></sst>", "<styleSheet/>")
	f.Add(`<worksheet><sheetData><row r="3"><c r="B3" t="s"><v>0</v></c><c t="e"><v>#N/A</v></c></row><row><c r="XFD4"><f>1</f><v>1e15</v></c></row>`, "<sst>", "")
	f.Add(rowsOf(inline("a"), `<c s="1"><v>60</v></c>`), "", `<styleSheet><cellXfs><xf/><xf numFmtId="14"/></cellXfs></styleSheet>`)
	f.Fuzz(func(t *testing.T, sheet, shared, styles string) {
		path := save(t, book(t, map[string]string{sheet1: sheet, "xl/sharedStrings.xml": shared, "xl/styles.xml": styles}))
		file, err := os.Open(path)
		if err != nil {
			t.Fatal(err)
		}
		defer file.Close()
		table, err := Open(t.Context(), file, Options{})
		for err == nil {
			var row Row
			if row, err = table.Next(); err == nil && row.Fault == "" && len(row.Fields) != len(table.Names) {
				t.Fatalf("%d values under %d names", len(row.Fields), len(table.Names))
			}
		}
		if err != io.EOF && registry.CodeOf(err) != registry.CodeBadUserInput {
			t.Fatal(err)
		}
	})
}

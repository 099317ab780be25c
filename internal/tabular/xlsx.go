package tabular

import (
	"archive/zip"
	"context"
	"encoding/xml"
	"fmt"
	"io"
	"os"
	"path"
	"slices"
	"strings"

	"kantong/internal/registry"
)

// Limits of a workbook. Nothing of it is unpacked to disk, so that names in the archive can't lead anywhere.
const (
	maxParts       = 10_000   // entries of the archive
	maxTokenBytes  = 4 << 20  // one tag or text of a part
	maxSharedBytes = 96 << 20 // texts that cells share
	maxShared      = 8 << 20
	maxSheetRows   = 1_048_576 // as in XLSX
)

// workbook reads the parts of an XLSX file. It is own code because no library that reads row by row tells numbers from
// text, and formulas from values: without that, a card number that a spreadsheet rounded passes for another family's.
type workbook struct {
	ctx    context.Context
	parts  map[string]*zip.File
	shared sharedTexts
	styles styles
}

// openXLSX reads all of a workbook that stands before its rows.
func openXLSX(ctx context.Context, file *os.File, size int64, opts Options) (*Table, error) {
	if err := countParts(&contextReader{ctx: ctx, in: io.NewSectionReader(file, 0, size)}); err != nil {
		return nil, err
	}
	archive, err := zip.NewReader(file, size)
	if err != nil {
		return nil, damaged(err)
	}
	w := &workbook{ctx: ctx, parts: map[string]*zip.File{}}
	for _, f := range archive.File {
		w.parts[strings.TrimPrefix(f.Name, "/")] = f
	}
	switch {
	case w.parts["mimetype"] != nil:
		return nil, registry.Invalid("file", "this is an OpenDocument file; save it as XLSX or CSV")
	case w.parts["xl/workbook.bin"] != nil:
		return nil, registry.Invalid("file", "this is a binary Excel file (.xlsb); save it as XLSX")
	case w.parts["xl/workbook.xml"] == nil:
		return nil, registry.Invalid("file", "this is an archive, not a workbook; unpack it first")
	}
	sheets, err := w.sheets()
	if err != nil {
		return nil, err
	}
	if err := w.styles.read(w); err != nil {
		return nil, err
	}
	if err := w.shared.read(w); err != nil {
		return nil, err
	}
	return w.open(sheets, opts)
}

// open chooses the sheet and reads the names of its columns. Without a wish it is the only visible one that has rows.
func (w *workbook) open(sheets []sheet, opts Options) (*Table, error) {
	var names []string
	var found []*Table
	for _, s := range sheets {
		if opts.Sheet == "" && s.hidden {
			continue
		}
		names = append(names, s.name)
	}
	if opts.Sheet != "" || len(names) == 1 {
		i, err := chooseSheet("sheet", opts.Sheet, names)
		if err != nil {
			return nil, err
		}
		return w.openSheet(find(sheets, names[i]), opts)
	}
	with := names[:0:0]
	for _, name := range names {
		t, err := w.openSheet(find(sheets, name), opts)
		if registry.CodeOf(err) == registry.CodeBadUserInput && strings.Contains(err.Error(), noRows) {
			continue
		}
		if err != nil {
			return nil, err
		}
		found, with = append(found, t), append(with, name)
	}
	i, err := chooseSheet("sheet", "", with)
	for k, t := range found {
		if err != nil || k != i {
			t.Close()
		}
	}
	if err != nil {
		return nil, err
	}
	return found[i], nil
}

// noRows is said of a sheet without values.
const noRows = "has no rows"

type sheet struct {
	name, part string
	hidden     bool
}

func find(sheets []sheet, name string) sheet {
	return sheets[slices.IndexFunc(sheets, func(s sheet) bool { return s.name == name })]
}

// sheets lists the worksheets in the workbook's order.
func (w *workbook) sheets() ([]sheet, error) {
	targets := map[string]string{}
	err := w.eachElement("xl/_rels/workbook.xml.rels", func(e xml.StartElement, _ *partReader) error {
		if e.Name.Local == "Relationship" && strings.HasSuffix(attr(e, "Type"), "/worksheet") {
			target := attr(e, "Target")
			if !strings.HasPrefix(target, "/") {
				target = path.Join("xl", target)
			}
			targets[attr(e, "Id")] = strings.TrimPrefix(path.Clean(target), "/")
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	var out []sheet
	err = w.eachElement("xl/workbook.xml", func(e xml.StartElement, _ *partReader) error {
		switch e.Name.Local {
		case "workbookPr":
			w.styles.from1904 = attr(e, "date1904") == "1" || attr(e, "date1904") == "true"
		case "sheet":
			id := ""
			for _, a := range e.Attr {
				if a.Name.Local == "id" && a.Name.Space != "" {
					id = a.Value
				}
			}
			if part := targets[id]; part != "" && len(out) < 1000 {
				out = append(out, sheet{attr(e, "name"), part, attr(e, "state") != "" && attr(e, "state") != "visible"})
			}
		}
		return nil
	})
	return out, err
}

// eachElement visits the elements of a part; an absent part has none.
func (w *workbook) eachElement(part string, visit func(xml.StartElement, *partReader) error) error {
	p, err := w.read(part, nil)
	if p == nil {
		return err
	}
	defer p.close()
	for {
		token, err := p.token()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
		if e, ok := token.(xml.StartElement); ok {
			if err := visit(e, p); err != nil {
				return err
			}
		}
	}
}

// partReader reads the XML of one part, one bounded token after the other.
type partReader struct {
	name    string
	in      io.ReadCloser
	ctx     context.Context
	decoder *xml.Decoder
	left    int64 // bytes that the token under way may still take
	done    int64
	total   int64
	told    func(done, total int64)
}

// read opens a part; nil when there is none.
func (w *workbook) read(name string, told func(done, total int64)) (*partReader, error) {
	f := w.parts[name]
	if f == nil {
		return nil, nil
	}
	in, err := f.Open()
	if err != nil {
		return nil, damaged(err)
	}
	p := &partReader{name: name, in: in, ctx: w.ctx, total: int64(f.UncompressedSize64), told: told}
	p.decoder = xml.NewDecoder(p)
	p.decoder.CharsetReader = func(charset string, in io.Reader) (io.Reader, error) {
		return nil, registry.Invalid("file", "part %s is written in %q; workbooks are UTF-8", name, charset)
	}
	return p, nil
}

func (p *partReader) close() { p.in.Close() }

// errLongToken is the error of a value no spreadsheet would write.
var errLongToken = registry.Invalid("file", "a cell or tag of the workbook is longer than %d bytes", maxTokenBytes)

// Read gives the decoder as much as one token may take.
func (p *partReader) Read(to []byte) (int, error) {
	if p.left <= 0 {
		return 0, errLongToken
	}
	if err := p.ctx.Err(); err != nil {
		return 0, err
	}
	n, err := p.in.Read(to[:min(int64(len(to)), p.left)])
	p.left -= int64(n)
	p.done += int64(n)
	if p.told != nil {
		p.told(p.done, p.total)
	}
	return n, err
}

// token gives the next token; its bytes are the decoder's until the one after.
func (p *partReader) token() (xml.Token, error) {
	p.left = maxTokenBytes
	token, err := p.decoder.RawToken()
	switch {
	case err == nil || err == io.EOF:
		return token, err
	case registry.CodeOf(err) == registry.CodeBadUserInput:
		return nil, err
	case p.ctx.Err() != nil:
		return nil, p.ctx.Err()
	}
	return nil, damaged(fmt.Errorf("%s: %w", p.name, err))
}

func damaged(err error) error {
	return registry.Invalid("file", "the workbook is damaged or cut off: %w", err)
}

func attr(e xml.StartElement, name string) string {
	for i := range e.Attr {
		if e.Attr[i].Name.Local == name && e.Attr[i].Name.Space == "" {
			return e.Attr[i].Value
		}
	}
	return ""
}

// countParts refuses an archive whose directory alone would fill the memory.
func countParts(in io.Reader) error {
	const mark = "PK\x01\x02"
	buf := make([]byte, 256<<10)
	kept, parts := 0, 0
	for {
		n, err := in.Read(buf[kept:])
		text := string(buf[:kept+n])
		parts += strings.Count(text, mark)
		if parts > maxParts {
			return registry.Invalid("file", "the archive has more than %d entries", maxParts)
		}
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
		kept = min(len(mark)-1, len(text))
		copy(buf, text[len(text)-kept:])
	}
}

package tabular

import (
	"bytes"
	"context"
	"io"
	"os"
	"slices"
	"unicode"

	"kantong/internal/registry"
)

// headerBytes is how much of the text is looked through for the names of the columns.
const headerBytes = 256 << 10

// openCSV reads the names of the columns of a text.
func openCSV(ctx context.Context, file *os.File, size int64, opts Options) (*Table, error) {
	section := func() io.Reader { return &contextReader{ctx: ctx, in: io.NewSectionReader(file, 0, size)} }
	name, decoder, err := findEncoding(section())
	if err != nil {
		return nil, err
	}
	in := io.Reader(&contextReader{ctx: ctx, in: io.NewSectionReader(file, 0, size), told: opts.Progress, total: size})
	if decoder != nil {
		in = decoder.Reader(in)
	}
	r := newCSVReader(in)
	names, err := r.readHeader()
	switch {
	case err != nil:
		return nil, err
	case len(names) > maxColumns:
		return nil, registry.Invalid("header", "%d columns are more than %d", len(names), maxColumns)
	}
	return &Table{Format: CSV, Encoding: name, Comma: r.comma, HeaderRow: r.headerRow, Names: names, rows: readAhead(r)}, nil
}

// readHeader finds the delimiter and the names of the columns.
func (r *csvReader) readHeader() ([]string, error) {
	begin, err := r.in.Peek(headerBytes)
	if err != nil && err != io.EOF {
		return nil, err
	}
	whole := err == io.EOF
	if bytes.HasPrefix(begin, []byte("\ufeff")) {
		if _, err := r.in.Discard(len("\ufeff")); err != nil {
			return nil, err
		}
		begin = begin[len("\ufeff"):]
	}
	switch {
	case len(bytes.TrimSpace(begin)) == 0 && whole:
		return nil, registry.Invalid("file", "the file is empty")
	case bytes.IndexByte(begin, '\n') < 0 && !whole:
		return nil, registry.Invalid("header", "the first line is longer than %d bytes", headerBytes)
	case bytes.IndexByte(begin, '\n') < 0 && bytes.IndexByte(begin, '\r') >= 0:
		return nil, registry.Invalid("header", "lines end in carriage returns alone; save the file with line feeds")
	}
	r.comma = sniffDelimiter(begin)
	top := newCSVReader(bytes.NewReader(begin))
	top.comma = r.comma
	var numbers []int
	var rows [][]string
	for len(rows) < headerWindow {
		rec, err := top.next()
		if err != nil {
			break
		}
		if rec.Fault == "" && filled(rec.Fields) > 0 {
			numbers, rows = append(numbers, rec.Number), append(rows, slices.Clone(rec.Fields))
		} else if rec.Fault != "" && len(rows) == 0 && rec.Fault != tooLong {
			return nil, registry.Invalid("header", "line %d %s", rec.Number, rec.Fault)
		}
	}
	if len(rows) == 0 {
		return nil, registry.Invalid("header", "none of the first lines can be read")
	}
	h := findHeader(rows)
	r.headerRow = numbers[h.first]
	width := 0 // any: the rows of a header may differ, as they did when it was found
	for read := 0; read < h.rows; {
		rec, err := r.next()
		if err != nil {
			return nil, err
		}
		if rec.Number >= r.headerRow && rec.Fault == "" && filled(rec.Fields) > 0 {
			width = max(width, len(rec.Fields))
			read++
		}
	}
	names := append(h.names, make([]string, max(0, width-len(h.names)))...)
	r.width = len(names)
	return names, nil
}

// delimiters are those that a CSV text may have, the most likely first.
var delimiters = []byte(",;\t|")

// sniffDelimiter gives the delimiter of the line that looks most like names of columns: the one with most delimiters of a
// kind whose parts are names. Where no line does, it is the delimiter that the first line has most of.
func sniffDelimiter(text []byte) byte {
	best, most := byte(0), 0
	first := byte(',')
	for n := range headerWindow {
		line, rest := cutLine(text)
		if comma, count := commonest(line); count > most {
			if n == 0 {
				first = comma
			}
			if lineOfNames(line, comma) {
				best, most = comma, count
			}
		}
		if text = rest; len(text) == 0 {
			break
		}
	}
	if best == 0 {
		return first
	}
	return best
}

// cutLine cuts text after its first line end outside quotation marks.
func cutLine(text []byte) (line, rest []byte) {
	quoted := false
	for i, c := range text {
		switch {
		case c == '"':
			quoted = !quoted
		case c == '\n' && !quoted:
			return text[:i], text[i+1:]
		}
	}
	return text, nil
}

// commonest gives the delimiter that stands most often outside quotation marks.
func commonest(line []byte) (comma byte, count int) {
	var counts [256]int
	quoted := false
	for _, c := range line {
		switch {
		case c == '"':
			quoted = !quoted
		case !quoted:
			counts[c]++
		}
	}
	comma = ','
	for _, c := range delimiters {
		if counts[c] > counts[comma] {
			comma = c
		}
	}
	return comma, counts[comma]
}

// lineOfNames tells whether most parts of a line hold a letter, and one does.
func lineOfNames(line []byte, comma byte) bool {
	names, parts := 0, 0
	for part := range bytes.SplitSeq(line, []byte{comma}) {
		if part = bytes.TrimSpace(part); len(part) > 0 {
			parts++
			if bytes.ContainsFunc(part, unicode.IsLetter) {
				names++
			}
		}
	}
	return names > 0 && 5*names >= 4*parts
}

// contextReader ends with the context, and tells how much of the file was read.
type contextReader struct {
	ctx         context.Context
	in          io.Reader
	told        func(done, total int64) // may be nil
	done, total int64
}

func (r *contextReader) Read(p []byte) (int, error) {
	if err := r.ctx.Err(); err != nil {
		return 0, err
	}
	n, err := r.in.Read(p)
	r.done += int64(n)
	if r.told != nil {
		r.told(r.done, r.total)
	}
	return n, err
}

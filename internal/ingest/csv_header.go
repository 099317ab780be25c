package ingest

import (
	"bytes"
	"io"
	"strings"
	"unicode/utf8"

	"kantong/internal/registry"
)

// readHeader finds the delimiter and gives the names of the columns.
func (r *csvReader) readHeader() ([]string, error) {
	begin, err := r.in.Peek(4)
	if err != nil && err != io.EOF {
		return nil, err
	}
	switch {
	case bytes.HasPrefix(begin, []byte("PK\x03\x04")):
		return nil, registry.Invalid("file", "this is a spreadsheet or an archive; save the sheet as CSV (UTF-8) first")
	case bytes.HasPrefix(begin, []byte("\xff\xfe")), bytes.HasPrefix(begin, []byte("\xfe\xff")), bytes.IndexByte(begin, 0) >= 0:
		return nil, registry.Invalid("file", "the text is UTF-16; save it as CSV (UTF-8)")
	case bytes.HasPrefix(begin, []byte("\ufeff")):
		if _, err := r.in.Discard(len("\ufeff")); err != nil {
			return nil, err
		}
	}
	line, err := r.readLine()
	for err == nil && len(line) == 0 {
		line, err = r.readLine()
	}
	switch {
	case err == io.EOF:
		return nil, registry.Invalid("file", "the file is empty")
	case err == errLongLine:
		return nil, registry.Invalid("header", "is longer than a mebibyte")
	case err != nil:
		return nil, err
	case bytes.IndexByte(line, '\r') >= 0:
		return nil, registry.Invalid("header", "lines end in carriage returns alone; save the file with line feeds")
	}
	r.comma = sniffDelimiter(line)
	rec, err := r.record(bytes.Clone(line))
	switch {
	case err != nil:
		return nil, err
	case rec.fault != "":
		return nil, registry.Invalid("header", "line %d %s", rec.line, rec.fault)
	}
	names := make([]string, len(rec.fields))
	for i, name := range rec.fields {
		names[i] = columnName(name)
	}
	r.width = len(names)
	return names, nil
}

// sniffDelimiter gives the delimiter that stands most often outside quotation marks.
func sniffDelimiter(header []byte) byte {
	var counts [256]int
	quoted := false
	for _, c := range header {
		switch {
		case c == '"':
			quoted = !quoted
		case !quoted:
			counts[c]++
		}
	}
	best := byte(',')
	for _, c := range []byte{';', '\t'} {
		if counts[c] > counts[best] {
			best = c
		}
	}
	return best
}

// columnName is a name in one line, without spaces around it and characters that can't be seen.
func columnName(name string) string {
	name = strings.Join(strings.Fields(name), " ")
	return strings.Map(func(c rune) rune {
		if c < ' ' || c == 0x7f || c >= 0x80 && c < 0xa0 || c == utf8.RuneError {
			return -1
		}
		return c
	}, name)
}

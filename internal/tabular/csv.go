package tabular

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"strings"
	"unicode/utf8"
)

// Limits of one record. A quotation mark that is never closed would otherwise swallow the rest of the file.
const (
	maxLineBytes   = maxCellBytes
	maxRecordLines = 100
	maxRecordBytes = 1 << 20 // of a record of several lines
)

// csvReader reads the records of a CSV text as RFC 4180 has them, also with semicolons, tabs or bars. What is wrong with a
// record is told in the record and reading goes on with the line after its first, so that nothing is lost unseen.
type csvReader struct {
	in      *bufio.Reader
	comma   byte
	width   int      // columns that a record must have; 0 for any
	pending [][]byte // lines given back; nil for one that is too long
	line    int      // of the line read last
	buf     []byte   // the values of the record, one after the other
	ends    []int    // where in buf each value ends
	fields  []string
	long    []byte // a line longer than in's buffer

	headerRow int
}

const tooLong = "is longer than a mebibyte"

var errLongLine = errors.New("line too long")

func newCSVReader(in io.Reader) *csvReader {
	return &csvReader{in: bufio.NewReaderSize(in, headerBytes), comma: ','}
}

// next gives the record after the last one, skipping empty lines; io.EOF at the end.
func (r *csvReader) next() (Row, error) {
	for {
		line, err := r.readLine()
		if err == errLongLine {
			return Row{Number: r.line, Fault: tooLong, Column: -1}, nil
		}
		if err != nil {
			return Row{}, err
		}
		if len(line) > 0 {
			return r.record(line)
		}
	}
}

// record reads the record that begins with line.
func (r *csvReader) record(line []byte) (Row, error) {
	rec := Row{Number: r.line, Column: -1}
	r.buf, r.ends = r.buf[:0], r.ends[:0]
	var later [][]byte // the record's lines after the first
	open, ok := r.feed(line, false)
	for open && ok {
		more, err := r.readLine()
		if err != nil && err != io.EOF && err != errLongLine {
			return rec, err
		}
		if err != io.EOF {
			later = append(later, bytes.Clone(more))
		}
		if ok = err == nil && len(later) <= maxRecordLines && len(r.buf)+len(more) < maxRecordBytes; ok {
			r.buf = append(r.buf, '\n')
			open, ok = r.feed(more, true)
		}
	}
	switch {
	case !ok:
		rec.Fault, rec.Column = "has a quotation mark that is not closed, or text after the closing one", len(r.ends)
	case r.width > 0 && len(r.ends) != r.width:
		rec.Fault = "the number of columns differs from the header's"
	default:
		r.split()
		rec.Fields = r.fields
		r.checkText(&rec)
		return rec, nil
	}
	r.pending = append(later, r.pending...)
	r.line -= len(later)
	return rec, nil
}

// feed adds a line to the record; quoted tells that it begins inside a quoted value. open tells that such a value goes
// on in the next line, ok is false when a quotation mark stands where none may.
func (r *csvReader) feed(line []byte, quoted bool) (open, ok bool) {
	for {
		if !quoted && len(line) > 0 && line[0] == '"' {
			quoted, line = true, line[1:]
		}
		if !quoted {
			i := bytes.IndexByte(line, r.comma)
			if i < 0 {
				r.buf = append(r.buf, line...)
				r.ends = append(r.ends, len(r.buf))
				return false, true
			}
			r.buf = append(r.buf, line[:i]...)
			r.ends = append(r.ends, len(r.buf))
			line = line[i+1:]
			continue
		}
		i := bytes.IndexByte(line, '"')
		if i < 0 {
			r.buf = append(r.buf, line...)
			return true, true
		}
		r.buf = append(r.buf, line[:i]...)
		line = line[i+1:]
		switch {
		case len(line) > 0 && line[0] == '"':
			r.buf = append(r.buf, '"')
			line = line[1:]
			continue
		case len(line) == 0:
			r.ends = append(r.ends, len(r.buf))
			return false, true
		case line[0] != r.comma:
			return true, false
		}
		r.ends = append(r.ends, len(r.buf))
		line, quoted = line[1:], false
	}
}

// split cuts the record's text into fields, with one allocation.
func (r *csvReader) split() {
	text := string(r.buf)
	r.fields = r.fields[:0]
	start := 0
	for _, end := range r.ends {
		r.fields = append(r.fields, text[start:end])
		start = end
	}
}

// checkText finds the first value that is not text. Decoders leave U+FFFD where they knew no character.
func (r *csvReader) checkText(rec *Row) {
	if bytes.IndexByte(r.buf, 0) < 0 && (isASCII(r.buf) || utf8.Valid(r.buf) && !bytes.Contains(r.buf, []byte("\ufffd"))) {
		return
	}
	for i, field := range rec.Fields {
		switch {
		case !utf8.ValidString(field):
			rec.Fault = "is not valid UTF-8"
		case strings.IndexByte(field, 0) >= 0:
			rec.Fault = "has a NUL byte"
		case strings.Contains(field, "\ufffd"):
			rec.Fault = "has a character that was lost when the file was written or can't be read"
		default:
			continue
		}
		rec.Column, rec.Value, rec.Fields = i, field, nil
		return
	}
}

func (r *csvReader) notes([]string) []string { return nil }

func (r *csvReader) close() error { return nil }

// readLine gives a line without its end.
func (r *csvReader) readLine() ([]byte, error) {
	if len(r.pending) > 0 {
		line := r.pending[0]
		r.pending = r.pending[1:]
		r.line++
		if line == nil {
			return nil, errLongLine
		}
		return line, nil
	}
	line, err := r.in.ReadSlice('\n')
	if err == bufio.ErrBufferFull {
		line, err = r.readLong(line)
	}
	if err == io.EOF && len(line) > 0 {
		err = nil
	}
	if err == nil || err == errLongLine {
		r.line++
	}
	if err != nil {
		return nil, err
	}
	line = bytes.TrimSuffix(line, []byte("\n"))
	return bytes.TrimSuffix(line, []byte("\r")), nil
}

func (r *csvReader) readLong(begun []byte) ([]byte, error) {
	r.long = append(r.long[:0], begun...)
	tooLong := false
	for {
		part, err := r.in.ReadSlice('\n')
		if tooLong = tooLong || len(r.long)+len(part) > maxLineBytes; !tooLong {
			r.long = append(r.long, part...)
		}
		switch {
		case err == bufio.ErrBufferFull:
		case tooLong && (err == nil || err == io.EOF):
			return nil, errLongLine
		default:
			return r.long, err
		}
	}
}

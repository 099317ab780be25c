package featurefile

import (
	"archive/zip"
	"bufio"
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
)

// table reads the rows of a .dbf (dBASE III, as Shapefiles have it).
type table struct {
	r       *bufio.Reader
	fields  []dbfField
	record  []byte
	left    int // rows
	charset string
	guessed bool // texts that are no UTF-8 were taken for Windows-1252
	layer   string
}

type dbfField struct {
	name     string
	from, to int // of the record
}

const (
	dbfHeader   = 32
	dbfField32  = 32
	dbfFieldEnd = 0x0d
	dbfDeleted  = '*'
)

// charsets are those a .cpg may name, in small letters without signs.
var charsets = map[string]string{
	"utf8": "UTF-8", "65001": "UTF-8", "ascii": "UTF-8", "usascii": "UTF-8",
	"windows1252": "1252", "1252": "1252", "cp1252": "1252", "ansi1252": "1252", "ansi": "1252",
	"iso88591": "1252", "88591": "1252", "latin1": "1252", "system": "",
}

func (s *source) openTable(layer string, dbf, cpg *zip.File) (*table, error) {
	t := &table{layer: layer}
	if cpg != nil {
		text, err := s.unpackSmall(cpg)
		if err != nil {
			return nil, err
		}
		text = strings.TrimSpace(strings.TrimPrefix(text, "\ufeff"))
		charset, known := charsets[strings.ToLower(strings.NewReplacer("-", "", "_", "", " ", "").Replace(text))]
		if !known && text != "" {
			return nil, s.invalid("has texts in the encoding %.40q, by %s.cpg; known are UTF-8, Windows-1252 and ISO-8859-1", text, layer)
		}
		t.charset = charset
	}
	r, err := s.unpack(dbf)
	if err != nil {
		return nil, err
	}
	t.r = bufio.NewReaderSize(r, 64<<10)
	if err := t.readHead(); err != nil {
		return nil, s.broken("holds %s.dbf, which is no table: %w", layer, wholeness(err))
	}
	return t, nil
}

func (t *table) readHead() error {
	var head [dbfHeader]byte
	if _, err := io.ReadFull(t.r, head[:]); err != nil {
		return err
	}
	rows, headLength, recordLength := binary.LittleEndian.Uint32(head[4:]), int(binary.LittleEndian.Uint16(head[8:])), int(binary.LittleEndian.Uint16(head[10:]))
	if headLength <= dbfHeader || recordLength == 0 {
		return errors.New("its head can't be right")
	}
	descriptions := make([]byte, headLength-dbfHeader)
	if _, err := io.ReadFull(t.r, descriptions); err != nil {
		return err
	}
	at := 1 // after the mark of deletion
	for len(descriptions) >= dbfField32 && descriptions[0] != dbfFieldEnd {
		name, _, _ := bytes.Cut(descriptions[:11], []byte{0})
		length := int(descriptions[16])
		text, err := t.text(name)
		if err != nil {
			return err
		}
		switch descriptions[11] {
		case 'C', 'N', 'F', 'D':
			t.fields = append(t.fields, dbfField{text, at, at + length})
		}
		at += length
		descriptions = descriptions[dbfField32:]
	}
	if at > recordLength || len(t.fields) == 0 {
		return errors.New("its columns can't be right")
	}
	t.record, t.left = make([]byte, recordLength), int(rows)
	return nil
}

// next gives the values of the next row by column; nil for one that was deleted.
func (t *table) next() (map[string]string, error) {
	if _, err := io.ReadFull(t.r, t.record); err != nil {
		return nil, io.ErrUnexpectedEOF
	}
	t.left--
	if t.record[0] == dbfDeleted {
		return nil, nil
	}
	values := make(map[string]string, len(t.fields))
	for _, f := range t.fields {
		value, _, _ := bytes.Cut(t.record[f.from:f.to], []byte{0}) // some writers fill up with NUL
		if value = bytes.TrimSpace(value); len(value) == 0 {
			continue
		}
		text, err := t.text(value)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", f.name, err)
		}
		values[f.name] = text
	}
	return values, nil
}

// text decodes a value. Without a .cpg it is UTF-8 if it can be, else Windows-1252, of which ISO-8859-1 is a part.
func (t *table) text(value []byte) (string, error) {
	valid := utf8.Valid(value)
	switch {
	case valid && t.charset != "1252":
		return string(value), nil
	case t.charset == "UTF-8":
		return "", fmt.Errorf("the text is not UTF-8, which %s.cpg says it is", t.layer)
	}
	t.guessed = t.guessed || t.charset == ""
	out, err := charmap.Windows1252.NewDecoder().Bytes(value)
	return string(out), err
}

func (t *table) notes() []string {
	if t.guessed {
		return []string{t.layer + ".cpg is missing; texts were read as Windows-1252"}
	}
	return nil
}

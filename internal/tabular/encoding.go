package tabular

import (
	"bytes"
	"encoding/binary"
	"io"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"
)

const utf8Name = "UTF-8"

// findEncoding reads the whole text once. A mark decides; without one it is UTF-16 if every other byte of the beginning is
// zero, Windows-1252 if there are bytes above 127 and none of them is UTF-8, else UTF-8, broken or not: where both occur,
// nobody knows what the broken bytes were. decoder is nil for UTF-8.
func findEncoding(in io.Reader) (name string, decoder *encoding.Decoder, err error) {
	buf := make([]byte, 256<<10)
	kept, first := 0, true
	proper, broken := false, false
	for {
		n, err := io.ReadFull(in, buf[kept:])
		end := err == io.EOF || err == io.ErrUnexpectedEOF
		if err != nil && !end {
			return "", nil, err
		}
		chunk := buf[:kept+n]
		if first {
			if name, decoder := marked(chunk); name != "" {
				return name, decoder, nil
			}
			first = false
		}
		kept = 0
		if !end { // a character may be cut at the end
			for kept < min(3, len(chunk)) && !utf8.RuneStart(chunk[len(chunk)-1-kept]) {
				kept++
			}
			kept = min(kept+1, len(chunk))
		}
		p, b := judge(chunk[:len(chunk)-kept])
		proper, broken = proper || p, broken || b
		copy(buf, chunk[len(chunk)-kept:])
		if end || proper && broken {
			break
		}
	}
	if broken && !proper {
		return "Windows-1252", charmap.Windows1252.NewDecoder(), nil
	}
	return utf8Name, nil, nil
}

// marked tells the encoding by how a text begins; "" when it doesn't say.
func marked(begin []byte) (name string, decoder *encoding.Decoder) {
	little, big := unicode.UTF16(unicode.LittleEndian, unicode.UseBOM), unicode.UTF16(unicode.BigEndian, unicode.UseBOM)
	switch {
	case bytes.HasPrefix(begin, []byte("\ufeff")):
		return utf8Name, nil
	case bytes.HasPrefix(begin, []byte("\xff\xfe")):
		return "UTF-16", little.NewDecoder()
	case bytes.HasPrefix(begin, []byte("\xfe\xff")):
		return "UTF-16", big.NewDecoder()
	}
	begin = begin[:min(len(begin), 64)&^1]
	even, odd := 0, 0
	for i, c := range begin {
		if c == 0 && i%2 == 0 {
			even++
		} else if c == 0 {
			odd++
		}
	}
	half := len(begin) / 2
	switch {
	case half > 1 && odd*10 >= half*9 && even == 0:
		return "UTF-16", unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM).NewDecoder()
	case half > 1 && even*10 >= half*9 && odd == 0:
		return "UTF-16", unicode.UTF16(unicode.BigEndian, unicode.IgnoreBOM).NewDecoder()
	}
	return "", nil
}

// judge tells whether text has proper characters above 127, and whether it has bytes that are none.
func judge(text []byte) (proper, broken bool) {
	if isASCII(text) {
		return false, false
	}
	if utf8.Valid(text) {
		return true, false
	}
	for i := 0; i < len(text); {
		if text[i] < utf8.RuneSelf {
			i++
			continue
		}
		r, size := utf8.DecodeRune(text[i:])
		if r == utf8.RuneError && size == 1 {
			broken = true
		} else {
			proper = true
		}
		i += size
	}
	return proper, broken
}

// isASCII looks at eight bytes at a time.
func isASCII(text []byte) bool {
	for ; len(text) >= 8; text = text[8:] {
		if binary.LittleEndian.Uint64(text)&highBits != 0 {
			return false
		}
	}
	for _, c := range text {
		if c >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

const highBits = 0x8080808080808080

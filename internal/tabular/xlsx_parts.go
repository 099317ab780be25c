package tabular

import (
	"encoding/xml"
	"io"
	"math"
	"strconv"
	"strings"
	"time"

	"kantong/internal/registry"
)

// sharedTexts are the texts that cells name by number, one after the other.
type sharedTexts struct {
	text []byte
	ends []uint32
}

func (s *sharedTexts) read(w *workbook) error {
	return w.eachElement("xl/sharedStrings.xml", func(e xml.StartElement, p *partReader) error {
		if e.Name.Local != "si" {
			return nil
		}
		var err error
		if s.text, err = p.plainText(s.text, "si"); err != nil {
			return err
		}
		if len(s.text) > maxSharedBytes || len(s.ends) >= maxShared {
			return registry.Invalid("file", "the workbook's texts take more than %d MB; save the sheet as CSV", maxSharedBytes>>20)
		}
		s.ends = append(s.ends, uint32(len(s.text)))
		return nil
	})
}

// at gives a text by its number.
func (s *sharedTexts) at(number string) (string, bool) {
	n, err := strconv.Atoi(number)
	if err != nil || n < 0 || n >= len(s.ends) {
		return "", false
	}
	begin := uint32(0)
	if n > 0 {
		begin = s.ends[n-1]
	}
	return string(s.text[begin:s.ends[n]]), true
}

// plainText appends the text up to the end of the element whose beginning was read last, without what tells the
// pronunciation.
func (p *partReader) plainText(to []byte, element string) ([]byte, error) {
	begun, inText, phonetic := len(to), false, 0
	for {
		token, err := p.token()
		if err != nil {
			return to, cutOff(err)
		}
		switch token := token.(type) {
		case xml.StartElement:
			switch token.Name.Local {
			case "t":
				inText = true
			case "rPh":
				phonetic++
			}
		case xml.EndElement:
			switch token.Name.Local {
			case element:
				return to, nil
			case "t":
				inText = false
			case "rPh":
				phonetic--
			}
		case xml.CharData:
			if inText && phonetic == 0 {
				to = append(to, token...)
			}
			if len(to)-begun > maxCellBytes {
				return to, registry.Invalid("file", "a cell of the workbook is longer than a mebibyte")
			}
		}
	}
}

func cutOff(err error) error {
	if err == io.EOF {
		return damaged(io.ErrUnexpectedEOF)
	}
	return err
}

// styles tell which numbers are dates.
type styles struct {
	dates    []bool // by the number of the style
	from1904 bool
}

func (s *styles) read(w *workbook) error {
	custom := map[string]bool{}
	inCells := false
	return w.eachElement("xl/styles.xml", func(e xml.StartElement, _ *partReader) error {
		switch e.Name.Local {
		case "numFmt":
			if len(custom) < 10_000 {
				custom[attr(e, "numFmtId")] = isDateFormat(attr(e, "formatCode"))
			}
		case "cellXfs":
			inCells = true
		case "cellStyleXfs", "cellStyles", "dxfs":
			inCells = false
		case "xf":
			if inCells && len(s.dates) < 100_000 {
				id := attr(e, "numFmtId")
				isDate, own := custom[id]
				s.dates = append(s.dates, own && isDate || !own && isDateID(id))
			}
		}
		return nil
	})
}

func (s *styles) isDate(number string) bool {
	n, err := strconv.Atoi(number)
	return err == nil && n >= 0 && n < len(s.dates) && s.dates[n]
}

// isDateID tells of the formats that have numbers only (ECMA-376 part 1, 18.8.30).
func isDateID(id string) bool {
	n, err := strconv.Atoi(id)
	return err == nil && (n >= 14 && n <= 22 || n >= 27 && n <= 36 || n >= 45 && n <= 47 || n >= 50 && n <= 58)
}

// isDateFormat tells whether a format has a place for a year, month or day outside quotation marks and brackets.
func isDateFormat(code string) bool {
	quoted, bracket := false, false
	for i := 0; i < len(code); i++ {
		switch c := code[i]; {
		case c == '"':
			quoted = !quoted
		case quoted:
		case c == '\\' || c == '_' || c == '*':
			i++
		case c == '[':
			bracket = true
		case c == ']':
			bracket = false
		case !bracket && strings.IndexByte("yYdDmM", c) >= 0:
			return true
		case !bracket && strings.HasPrefix(code[i:], "General"):
			return false
		}
	}
	return false
}

// date writes a number of days as a day, with the time where there is one. The day 1900-02-29, which never was, counts.
func (s *styles) date(days float64) (string, bool) {
	if math.IsNaN(days) || days < 0 || days >= 2_958_466 {
		return "", false
	}
	begin := time.Date(1899, 12, 30, 0, 0, 0, 0, time.UTC)
	if s.from1904 {
		begin = time.Date(1904, 1, 1, 0, 0, 0, 0, time.UTC)
	} else if days < 60 {
		begin = begin.AddDate(0, 0, 1)
	}
	whole := math.Floor(days)
	t := begin.AddDate(0, 0, int(whole)).Add(time.Duration(math.Round((days-whole)*86_400)) * time.Second)
	if t.Hour() == 0 && t.Minute() == 0 && t.Second() == 0 {
		return t.Format(time.DateOnly), true
	}
	return t.Format(time.DateTime), true
}

// roundedNumber is said of numbers from which a spreadsheet may have dropped digits.
const roundedNumber = "is a number of 16 or more digits, of which spreadsheets keep 15; make the column text and enter it anew"

// plainNumber writes a number as people do, without an exponent where it is whole. rounded tells that digits may be
// missing: spreadsheets keep 15 of them and fill up with zeros. A number with a digit other than zero behind was not
// written by one, and holds what its file says as long as a float tells it from its neighbours.
func plainNumber(text string) (number string, rounded, ok bool) {
	f, err := strconv.ParseFloat(text, 64)
	if err != nil || math.IsInf(f, 0) || math.IsNaN(f) {
		return text, false, false
	}
	if math.Abs(f) < 1e15 {
		return strconv.FormatFloat(f, 'f', -1, 64), false, true
	}
	if math.Abs(f) >= 1<<63 {
		return text, true, true
	}
	number = strconv.FormatFloat(f, 'f', 0, 64)
	digits := strings.TrimPrefix(number, "-")
	return number, math.Abs(f) >= 1<<53 || strings.Trim(digits[15:], "0") == "", true
}

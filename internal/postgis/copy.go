package postgis

import (
	"context"
	"encoding/binary"
	"io"
	"iter"
	"math"
	"strings"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"

	"kantong/internal/registry"
)

// load loads a sequence into a table with COPY, in PostgreSQL's binary form: encode appends one row's values, as many
// as there are columns. Memory does not grow with the rows. The sequence runs in a goroutine of its own.
func load[T any](ctx context.Context, tx pgx.Tx, table string, columns []string, rows iter.Seq2[T, error], encode func(dst []byte, v *T) ([]byte, error)) (count int64, err error) {
	from := &copySource[T]{columns: len(columns), encode: encode, buf: append([]byte(nil), copyHeader...)}
	from.next, from.stop = iter.Pull2(rows)
	defer from.close()
	tag, err := tx.Conn().PgConn().CopyFrom(ctx, from, "COPY "+table+" ("+strings.Join(columns, ", ")+") FROM STDIN BINARY")
	from.close()
	if from.err != nil {
		return 0, from.err
	}
	return tag.RowsAffected(), err
}

// The signature, no flags, no extension; and the count of columns that ends the data.
var (
	copyHeader  = []byte("PGCOPY\n\xff\r\n\x00\x00\x00\x00\x00\x00\x00\x00\x00")
	copyTrailer = []byte{0xff, 0xff}
)

// copySource reads a sequence as COPY data. When the connection breaks, pgconn may still be reading while load returns.
type copySource[T any] struct {
	columns int
	encode  func([]byte, *T) ([]byte, error)

	mu     sync.Mutex
	next   func() (T, error, bool)
	stop   func()
	buf    []byte // encoded and not read yet
	closed bool
	err    error // of the sequence or of a row
}

// copyLotBytes is how much is encoded before it is handed on.
const copyLotBytes = 64 << 10

func (s *copySource[T]) Read(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.buf) == 0 && s.closed {
		return 0, io.EOF
	}
	for len(s.buf) < copyLotBytes && !s.closed {
		if err := s.add(); err != nil {
			s.err, s.closed = err, true
			return 0, err
		}
	}
	n := copy(p, s.buf)
	if s.buf = s.buf[n:]; len(s.buf) == 0 {
		s.buf = nil
	}
	return n, nil
}

// add encodes one row more, or the end.
func (s *copySource[T]) add() error {
	v, err, ok := s.next()
	switch {
	case !ok:
		s.buf, s.closed = append(s.buf, copyTrailer...), true
		return nil
	case err != nil:
		return given{err}
	}
	s.buf, err = s.encode(binary.BigEndian.AppendUint16(s.buf, uint16(s.columns)), &v)
	return err
}

func (s *copySource[T]) close() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.closed = true
	s.stop()
}

// The values of a row: four bytes of length, then the value; −1 for NULL.

func appendNull(dst []byte) []byte { return append(dst, 0xff, 0xff, 0xff, 0xff) }

func appendBytes[T ~string | ~[]byte](dst []byte, v T) []byte {
	return append(binary.BigEndian.AppendUint32(dst, uint32(len(v))), v...)
}

// appendText makes NULL of "".
func appendText[T ~string](dst []byte, v T) []byte {
	if v == "" {
		return appendNull(dst)
	}
	return appendBytes(dst, v)
}

func appendInt16(dst []byte, v int16) []byte {
	return binary.BigEndian.AppendUint16(append(dst, 0, 0, 0, 2), uint16(v))
}

func appendInt32(dst []byte, v int32) []byte {
	return binary.BigEndian.AppendUint32(append(dst, 0, 0, 0, 4), uint32(v))
}

func appendInt64(dst []byte, v int64) []byte {
	return binary.BigEndian.AppendUint64(append(dst, 0, 0, 0, 8), uint64(v))
}

func appendFloat(dst []byte, v float64) []byte {
	return binary.BigEndian.AppendUint64(append(dst, 0, 0, 0, 8), math.Float64bits(v))
}

func appendBool(dst []byte, v bool) []byte {
	if v {
		return append(dst, 0, 0, 0, 1, 1)
	}
	return append(dst, 0, 0, 0, 1, 0)
}

// firstDay is day 0 of PostgreSQL.
var firstDay = time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC)

// appendDate makes NULL of "". An error names the field.
func appendDate(dst []byte, field string, d registry.Date) ([]byte, error) {
	day, err := dateOrNull(field, d)
	if err != nil || day == nil {
		return appendNull(dst), err
	}
	return appendInt32(dst, int32(day.(time.Time).Sub(firstDay)/(24*time.Hour))), nil
}

// The values of a row that was read, none of them NULL.

func int16Of(v []byte) int16   { return int16(binary.BigEndian.Uint16(v)) }
func int32Of(v []byte) int32   { return int32(binary.BigEndian.Uint32(v)) }
func int64Of(v []byte) int64   { return int64(binary.BigEndian.Uint64(v)) }
func floatOf(v []byte) float64 { return math.Float64frombits(binary.BigEndian.Uint64(v)) }
func boolOf(v []byte) bool     { return v[0] != 0 }
func dayOf(v []byte) registry.Date {
	if v == nil {
		return ""
	}
	return registry.Date(firstDay.AddDate(0, 0, int(int32Of(v))).Format(time.DateOnly))
}

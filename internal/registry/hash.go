package registry

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"hash"
	"math"
	"strconv"

	"kantong/internal/geo"
)

// ContentHash hashes the contents of an edition or a release in their canonical order, so that every store gives equal
// contents equal hashes. Feed areas by code, then households by id, then indicators, then successions; or enrolments, then the
// recipients not found. Record keys, match keys and programme definitions are no contents: keys follow from a secret,
// programmes have a revision.
type ContentHash struct {
	h   hash.Hash
	buf []byte
}

// NewContentHash begins a hash.
func NewContentHash() *ContentHash { return &ContentHash{h: sha256.New()} }

// Hex ends the hash.
func (c *ContentHash) Hex() string { return hex.EncodeToString(c.h.Sum(nil)) }

func (c *ContentHash) begin(kind byte) { c.buf = append(c.buf[:0], kind) }
func (c *ContentHash) end()            { c.h.Write(c.buf) }
func (c *ContentHash) text(list ...string) {
	for _, s := range list {
		c.buf = binary.AppendUvarint(c.buf, uint64(len(s)))
		c.buf = append(c.buf, s...)
	}
}
func (c *ContentHash) ints(list ...int64) {
	for _, n := range list {
		c.buf = binary.AppendVarint(c.buf, n)
	}
}
func (c *ContentHash) float(list ...float64) {
	for _, f := range list {
		if math.IsNaN(f) {
			f = math.NaN() // one bit pattern for all
		}
		c.buf = binary.BigEndian.AppendUint64(c.buf, math.Float64bits(f+0)) // +0 makes a zero of -0, as some databases do
	}
}

// Area adds an area.
func (c *ContentHash) Area(a *Area) {
	c.begin('A')
	c.text(string(a.Code), a.Name, a.BPSCode, a.Source)
	c.buf = geo.AppendGeometry(c.buf, a.Boundary)
	c.float(a.Label[0], a.Label[1])
	c.end()
}

// Household adds a household's attributes. What is derived from them is not hashed.
func (c *ContentHash) Household(h *Household) {
	c.begin('H')
	c.buf = append(c.buf, h.ID[:]...)
	c.text(string(h.Area), h.RW, h.RT)
	if h.Located {
		c.ints(1, int64(h.Point.Lon), int64(h.Point.Lat))
	} else {
		c.ints(0)
	}
	c.ints(int64(h.Members), int64(h.HeadSex), int64(h.HeadAge), int64(h.Decile), h.Expenditure)
	for _, n := range h.Persons {
		c.ints(int64(n))
	}
	c.ints(int64(h.WorkingAge), int64(h.Working), int64(h.HeadWorking), int64(h.Savings), int64(h.NineYearsSchooling),
		int64(h.HealthInsured), int64(h.DisabledSupported), int64(h.PowerVA))
	for _, class := range h.Classes() {
		c.text(*class)
	}
	c.float(h.Score, h.FloorAreaM2)
	c.end()
}

// Indicator adds an area indicator.
func (c *ContentHash) Indicator(i *AreaIndicator) {
	c.begin('I')
	c.text(string(i.Area), i.Code, i.Unit, i.Source, i.URL, i.Note)
	c.ints(int64(i.Year))
	c.float(i.Value)
	c.end()
}

// Succession adds what an area was made from; an edition without any has the hash that it always had.
func (c *ContentHash) Succession(s *Succession) {
	c.begin('C')
	c.text(string(s.Code), string(s.Predecessor), s.Decree, string(s.Date))
	c.end()
}

// Enrolment adds an enrolment.
func (c *ContentHash) Enrolment(e *Enrolment) {
	c.begin('E')
	c.buf = append(c.buf, e.Household[:]...)
	c.text(e.Program, string(e.Since), string(e.Until), e.Decree)
	c.ints(int64(e.Status), int64(e.Persons), e.Rupiah)
	c.end()
}

// Unmatched adds a count of recipients that were not found; those of a release follow its enrolments, in order. The sums of
// keys follow from a secret.
func (c *ContentHash) Unmatched(u *Unmatched) {
	c.begin('U')
	c.text(u.Program, string(u.Area))
	c.ints(u.Recipients)
	c.end()
}

// StateHash joins the hashes of an edition and a release.
func StateHash(edition, release string) string {
	c := NewContentHash()
	c.begin('S')
	c.text(edition, release)
	c.end()
	return c.Hex()
}

// Version names the answers that a state gives with its programmes at a revision: short, since it is in every cursor.
// States of equal contents but another name or date have another version: answers tell both. So do those whose record
// keys were made anew, since protected figures differ.
func Version(s State, programRevision int64) string {
	c := NewContentHash()
	c.begin('V')
	c.text(s.Hash, s.ID(), string(s.Edition.AsOf), string(s.Release.EnrolmentsAsOf))
	c.ints(int64(s.Edition.Keys[0]), int64(s.Edition.Keys[1]))
	c.end()
	return c.Hex()[:16] + "-" + strconv.FormatInt(programRevision, 10)
}

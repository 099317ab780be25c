package ingest

import (
	"bufio"
	"encoding/json"
	"io"
	"math"

	"github.com/paulmach/orb"

	"kantong/internal/geo"
	"kantong/internal/registry"
)

// FindingKind says what is odd about boundaries.
type FindingKind string

// What is found about boundaries; the first two refuse a feature or the file, the others are for a person to judge.
const (
	FindingInvalid   FindingKind = "INVALID"       // a boundary that can't be used, at the place of its fault
	FindingCodeTwice FindingKind = "CODE_TWICE"    // features of one code, at a point in each
	FindingOverlap   FindingKind = "OVERLAP"       // ground of two areas
	FindingGap       FindingKind = "GAP"           // ground of none
	FindingMissing   FindingKind = "MISSING"       // a known area that neither the file nor the draft has, at its known point
	FindingExtra     FindingKind = "EXTRA"         // an area that is not known, at a point in it
	FindingSwapped   FindingKind = "SWAPPED"       // labels of two areas, at their known points
	FindingAstray    FindingKind = "POINT_OUTSIDE" // an area whose known point lies outside
)

// Finding is something odd about the boundaries of a file, and where.
type Finding struct {
	Kind    FindingKind
	Codes   []registry.AreaCode
	Names   []string
	AreaKm2 float64      // of the ground concerned; 0 where it is about a place
	Shape   orb.Geometry // a Point, MultiPoint, Polygon or MultiPolygon in degrees; nil when no place is known
	Message string       // a sentence without a full stop
}

// maxFindings is more than anybody looks at.
const maxFindings = 20_000

func (j *job) find(f Finding) {
	if len(j.report.Findings) < maxFindings {
		j.report.Findings = append(j.report.Findings, f)
	}
}

// WriteFindings writes the findings as a GeoJSON FeatureCollection, to look at on a map: properties kind, codes, names,
// area_m2 (null where it is about a place) and message.
func WriteFindings(w io.Writer, findings []Finding) error {
	b := bufio.NewWriter(w)
	b.WriteString(`{"type":"FeatureCollection","features":[`)
	for i, f := range findings {
		var area any
		if f.AreaKm2 > 0 {
			area = math.Round(f.AreaKm2*1e8) / 100
		}
		properties, err := json.Marshal(struct {
			Kind    FindingKind         `json:"kind"`
			Codes   []registry.AreaCode `json:"codes"`
			Names   []string            `json:"names"`
			AreaM2  any                 `json:"area_m2"`
			Message string              `json:"message"`
		}{f.Kind, f.Codes, f.Names, area, f.Message})
		if err != nil {
			return err
		}
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteString("\n" + `{"type":"Feature","properties":`)
		b.Write(properties)
		b.WriteString(`,"geometry":`)
		b.Write(geo.MarshalGeometry(f.Shape))
		b.WriteByte('}')
	}
	b.WriteString("\n]}\n")
	return b.Flush()
}

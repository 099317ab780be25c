package crs

import (
	"fmt"
	"math"
	"os/exec"
	"strings"
	"testing"

	"github.com/paulmach/orb"
)

// all lists the numbers of all systems known, by asking for any number there might be.
func all() (codes []int) {
	for code := range 40_000 {
		if _, known := ByEPSG(code); known {
			codes = append(codes, code)
		}
	}
	return codes
}

// inReach gives positions of a system: in degrees, or in its zone and two degrees beyond its sides.
func inReach(s System, code int) (positions []orb.Point) {
	east, north := []float64{-180, 95.3, 106.1166543, 141}, []float64{-89, -11, -2.1316327, 0, 6}
	switch {
	case code == 3857:
		east, north = []float64{-20037508, 10608000.123, 11813000}, []float64{-1234567.89, -237000.5, 0, 667000}
	case !s.IsDegrees() && strings.Contains(s.Name, "TM-3"):
		east, north = []float64{-150_000, 33_000, 200_000, 367_000, 500_000}, []float64{300_000, 1_263_765.4, 1_500_000, 2_163_000}
	case !s.IsDegrees() && strings.HasSuffix(s.Name, "S"):
		east, north = []float64{-56_000, 166_021.44, 500_000, 624_123.456, 833_978, 1_056_000}, []float64{1_200_000, 8_780_000, 9_764_321.987, 10_000_000, 10_200_000}
	case !s.IsDegrees():
		east, north = []float64{-56_000, 166_021.44, 500_000, 624_123.456, 833_978, 1_056_000}, []float64{-200_000, 0, 663_000.25, 9_300_000}
	}
	for _, x := range east {
		for _, y := range north {
			positions = append(positions, orb.Point{x, y})
		}
	}
	return positions
}

func gdal(t *testing.T, input, name string, args ...string) string {
	t.Helper()
	if _, err := exec.LookPath(name); err != nil {
		t.Skipf("%s of GDAL (Debian package gdal-bin) is not in PATH: reprojection is not compared with PROJ", name)
	}
	command := exec.CommandContext(t.Context(), name, args...)
	command.Stdin = strings.NewReader(input)
	out, err := command.Output()
	if err != nil {
		t.Fatalf("%s %q: %v", name, args, err)
	}
	return string(out)
}

// TestAgreesWithPROJ compares every system that is known with PROJ. Datums that are taken for WGS 84 are compared without
// a change of datum: by the system on WGS 84 that has the same projection.
func TestAgreesWithPROJ(t *testing.T) {
	const toleranceMeters = 0.001
	codes, compared := all(), 0
	for _, code := range codes {
		s, _ := ByEPSG(code)
		if zone := code % 100; s.IsDegrees() || code > 32600 && zone%9 != 0 && (zone < 46 || zone > 54) {
			continue // of zones elsewhere a few do
		}
		positions := inReach(s, code)
		var input strings.Builder
		for _, p := range positions {
			fmt.Fprintf(&input, "%.6f %.6f\n", p[0], p[1])
		}
		// The system's own degrees, so that no change of datum comes between.
		base := map[string]string{wgs84: "EPSG:4326", dgn95: "EPSG:4755", srgi2013: "EPSG:9470"}[s.Datum]
		lines := strings.Split(strings.TrimSpace(gdal(t, input.String(), "gdaltransform", "-output_xy", "-s_srs", fmt.Sprintf("EPSG:%d", code), "-t_srs", base)), "\n")
		if len(lines) != len(positions) {
			t.Fatalf("EPSG:%d: %d lines for %d positions", code, len(lines), len(positions))
		}
		for i, line := range lines {
			var want orb.Point
			if _, err := fmt.Sscan(line, &want[0], &want[1]); err != nil {
				t.Fatalf("EPSG:%d: %q: %v", code, line, err)
			}
			got, ok := s.ToWGS84(positions[i])
			const metersPerDegree = 111_320
			east, north := (got[0]-want[0])*metersPerDegree*math.Cos(want[1]*math.Pi/180), (got[1]-want[1])*metersPerDegree
			if math.Abs(got[0]) > 180 {
				if ok {
					t.Errorf("EPSG:%d: %v is %v", code, positions[i], got)
				}
				continue
			}
			if off := math.Hypot(east, north); !ok || !(off <= toleranceMeters) {
				t.Errorf("%s (EPSG:%d) %v is %v, by PROJ %v: %.4f m apart", s.Name, code, positions[i], got, want, off)
			}
			compared++
		}
	}
	t.Logf("%d positions in %d systems", compared, len(codes))
	if len(codes) != 7+120+15+15+16 || compared < 1500 {
		t.Errorf("%d systems, %d positions compared", len(codes), compared)
	}
}

// TestPublishedPositions holds without GDAL: positions by PROJ 9.1.
func TestPublishedPositions(t *testing.T) {
	for _, c := range []struct {
		code      int
		at, want  orb.Point
		datum     string
		hasNote   string
		isDegrees bool
	}{
		{32748, orb.Point{622000, 9765000}, orb.Point{106.097065840385, -2.12571693005339}, wgs84, "reprojected from WGS 84 / UTM zone 48S", false},
		{32748, orb.Point{833978, 9999999}, orb.Point{107.999995002011, -9.03483108711947e-06}, wgs84, "", false},
		{23878, orb.Point{300000, 9300000}, orb.Point{103.191994873356, -6.32971327469897}, dgn95, "took DGN95 for WGS 84", false},
		{9488, orb.Point{166021, 9990000}, orb.Point{101.999992315338, -0.0903483092711228}, srgi2013, "took SRGI2013 for WGS 84", false},
		{4326, orb.Point{106.1, -2.1}, orb.Point{106.1, -2.1}, wgs84, "", true},
	} {
		s, known := ByEPSG(c.code)
		got, ok := s.ToWGS84(c.at)
		if !known || !ok || math.Abs(got[0]-c.want[0]) > 1e-8 || math.Abs(got[1]-c.want[1]) > 1e-8 || s.Datum != c.datum ||
			s.IsDegrees() != c.isDegrees || !strings.Contains(s.Note(), c.hasNote) {
			t.Errorf("EPSG:%d: %v is %v, want %v; %+v, note %q", c.code, c.at, got, c.want, s, s.Note())
		}
	}
	if note := WGS84.Note(); note != "" {
		t.Errorf("WGS 84 has the note %q", note)
	}
}

// TestDefinitionsByGDAL: each system is recognised by each kind of definition that GDAL writes, as the same system.
func TestDefinitionsByGDAL(t *testing.T) {
	for _, code := range []int{4326, 4755, 9470, 3857, 32748, 32647, 23868, 23878, 23884, 9476, 9488, 23830, 23833, 23845} {
		want, _ := ByEPSG(code)
		for _, kind := range []string{"wkt1", "wkt_esri", "wkt2_2015", "wkt2_2018"} {
			got, err := ByWKT(gdal(t, "", "gdalsrsinfo", "-o", kind, fmt.Sprintf("EPSG:%d", code)))
			if err != nil || got.Datum != want.Datum || got.IsDegrees() != want.IsDegrees() {
				t.Errorf("EPSG:%d by %s: %+v, error %v", code, kind, got, err)
				continue
			}
			for _, p := range inReach(want, code) {
				a, _ := want.ToWGS84(p)
				if b, _ := got.ToWGS84(p); a != b {
					t.Errorf("EPSG:%d by %s: %v is %v, not %v", code, kind, p, b, a)
					break
				}
			}
		}
	}
	for _, code := range []int{4238, 4211, 3002, 5330, 2934, 27700, 2263, 28348, 3395, 4283, 25832} {
		text := gdal(t, "", "gdalsrsinfo", "-o", "wkt1", fmt.Sprintf("EPSG:%d", code))
		if s, err := ByWKT(text); err == nil {
			t.Errorf("EPSG:%d is taken for %s", code, s.Name)
		}
	}
}

func TestByName(t *testing.T) {
	for name, want := range map[string]string{
		"EPSG:4326": wgs84, "urn:ogc:def:crs:OGC:1.3:CRS84": wgs84, "urn:ogc:def:crs:EPSG::4326": wgs84, "CRS84": wgs84,
		"urn:ogc:def:crs:EPSG::32748": "WGS 84 / UTM zone 48S", "http://www.opengis.net/def/crs/EPSG/0/23878": "DGN95 / UTM zone 48S",
		"epsg:9488": "SRGI2013 / UTM zone 48S", "EPSG:23833": "DGN95 / Indonesia TM-3 zone 48.1", "EPSG:3857": "WGS 84 / Pseudo-Mercator (Web Mercator)",
		"EPSG:4238": "", "EPSG:": "", "": "", "EPSG": "", "EPSG:99999999999999999999": "", "IAU:4326": "",
	} {
		if s, known := ByName(name); known != (want != "") || s.Name != want {
			t.Errorf("%q is %q, want %q", name, s.Name, want)
		}
	}
}

func TestStrangeDefinitions(t *testing.T) {
	const good = `GEOGCS["x",DATUM["D_WGS_1984",SPHEROID["WGS_1984",6378137,298.257223563]],PRIMEM["Greenwich",0],UNIT["Degree",0.0174532925199433]]`
	if _, err := ByWKT("\ufeff " + good + "\n"); err != nil {
		t.Error(err)
	}
	utm := `PROJCS["U",` + good + `,PROJECTION["Transverse_Mercator"],PARAMETER["Central_Meridian",105],PARAMETER["Scale_Factor",0.9996],UNIT["Meter",1]]`
	if _, err := ByWKT(utm); err != nil {
		t.Error(err)
	}
	for text, want := range map[string]string{
		"": "not well-known text", "hello": "not well-known text", good + good: "not well-known text", good[:60]: "not well-known text",
		strings.Repeat("A[", 100_000):                                "not well-known text",
		strings.Repeat("A[", 30) + "1" + strings.Repeat("]", 30):     "not well-known text",
		strings.Replace(good, "Greenwich\",0", "Jakarta\",106.8", 1): "datum that is not known",
		strings.Replace(good, "D_WGS_1984", "D_Batavia", 1):          "datum that is not known",
		strings.Replace(good, "0.0174532925199433", "1", 1):          "not in degrees",
		strings.Replace(utm, `"Meter",1`, `"Foot",0.3048`, 1):        "not in metres",
		strings.Replace(utm, "Transverse_Mercator", "Cassini", 1):    "projection that is not known (Cassini)",
		`LOCAL_CS["here",UNIT["metre",1]]`:                           "neither projected nor geographic",
	} {
		if _, err := ByWKT(text); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%.60q: error %v; want %q", text, err, want)
		}
	}
}

func FuzzByWKT(f *testing.F) {
	f.Add(`PROJCS["U",GEOGCS["x",DATUM["D_WGS_1984",SPHEROID["W",6378137,298.257223563]],PRIMEM["G",0]],PROJECTION["Transverse_Mercator"],PARAMETER["Central_Meridian",105],UNIT["Meter",1]]`, 622000.0, 9765000.0)
	f.Add(`GEOGCRS["x",DATUM["WGS 84",ELLIPSOID["W",6378137,298.257223563]]]`, 106.0, -2.0)
	f.Fuzz(func(t *testing.T, text string, x, y float64) {
		s, err := ByWKT(text)
		if err != nil {
			return
		}
		if p, ok := s.ToWGS84(orb.Point{x, y}); ok && !(math.Abs(p[0]) <= 180 && math.Abs(p[1]) <= 90) {
			t.Errorf("%q: %v, %v is %v", text, x, y, p)
		}
	})
}

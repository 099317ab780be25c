package pockets

import (
	"encoding/json"
	"os"
	"testing"

	"github.com/paulmach/orb"

	"kantong/internal/geo"
)

// TestPublishedLabels compares with scikit-learn's DBSCAN on the points of Turf's tests. Their border points may lie in
// any pocket that has a core near them.
func TestPublishedLabels(t *testing.T) {
	const path = "../../../shared/truth/dbscan/haversine_expected.json"
	text, err := os.ReadFile(path)
	if err != nil {
		t.Skipf("SKIPPED: the published labels are not beside this checkout: %v", err)
	}
	var file struct {
		Sets []struct {
			Name   string
			Points []orb.Point `json:"points_lonlat"`
			Radius float64     `json:"eps_metres"`
			Min    int64       `json:"min_samples"`
			Result struct {
				Core            []int
				Labels          []int
				Clusters, Noise int
			} `json:"sklearn"`
		}
	}
	if err := json.Unmarshal(text, &file); err != nil || len(file.Sets) == 0 {
		t.Fatalf("no set read: %v", err)
	}
	for _, set := range file.Sets {
		t.Run(set.Name, func(t *testing.T) {
			points := make([]Point, len(set.Points))
			for i, at := range set.Points {
				lon, lat := geo.ToE7(at)
				points[i] = Point{At: wrapped(int64(lon), int64(lat)), Households: 1}
				points[i].ID[0], points[i].ID[1] = byte(i>>8), byte(i)
			}
			o := Options{RadiusMeters: set.Radius, MinWeight: set.Min}
			wantCore := make([]bool, len(points))
			for _, i := range set.Result.Core {
				wantCore[i] = true
			}
			core := coreOf(t, points, o)
			found := find(t, points, o)
			if len(found) != set.Result.Clusters {
				t.Errorf("%d pockets, want %d", len(found), set.Result.Clusters)
			}
			noise, labels := len(points), map[int]int{}
			for number, p := range found {
				noise -= len(p.Members)
				for _, i := range p.Members {
					if label, known := labels[number]; core[i] && known && label != set.Result.Labels[i] {
						t.Errorf("point %d is in pocket %d with label %d, want %d", i, number, label, set.Result.Labels[i])
					} else if core[i] {
						labels[number] = set.Result.Labels[i]
					}
					if set.Result.Labels[i] < 0 {
						t.Errorf("point %d is noise, not in pocket %d", i, number)
					}
				}
			}
			for i := range points {
				if core[i] != wantCore[i] {
					t.Errorf("point %d is a core: %t, want %t", i, core[i], wantCore[i])
				}
			}
			if noise != set.Result.Noise {
				t.Errorf("%d points are noise, want %d", noise, set.Result.Noise)
			}
		})
	}
}

package ingest

import (
	"bytes"
	"context"
	"encoding/csv"
	"fmt"
	"io"
	"iter"
	"os"
	"sync"
	"testing"

	"kantong/internal/registry"
)

// benchmarkRows is a province's worth.
const benchmarkRows = 500_000

var benchmarkText = sync.OnceValue(func() []byte {
	var b bytes.Buffer
	b.WriteString("kk,nama_kepala_keluarga,alamat,area_code,rw,rt,longitude,latitude,members,head_sex,head_age,decile,score,expenditure_per_capita_rupiah," +
		"tenure,floor,wall,roof,water,lighting,fuel,sanitation,floor_area_m2,power_va,under_five,school_age,out_of_school,elderly,disabled,pregnant,stunted," +
		"working_age,working,head_working,savings,nine_years_schooling,health_insured,disabled_supported\n")
	for i := range benchmarkRows {
		fmt.Fprintf(&b, "%016d,Nama Kepala %d,\"Jalan Merdeka No. %d, Pangkalpinang\",19.71.04.10%02d,%03d,%03d,%.7f,%.7f,4,P,%d,%d,%.2f,650000,"+
			"owned,cement,brick,metal,piped,grid,gas,private_septic,36,900,1,1,0,0,0,0,0,2,1,ya,tidak,ya,ya,\n",
			1971040101200001+i, i, i%200, []int{6, 9}[i%2], i%20, i%50, 106.10+0.01*float64(i%2)+float64(i%1000)*1e-5, -2.14+float64(i%997)*1e-5, 20+i%60, 1+i%10, float64(i%1000)/10)
	}
	return b.Bytes()
})

// countingStore counts households and keeps none.
type countingStore struct{ *memoryStore }

func (s *countingStore) PutHouseholds(_ context.Context, _ string, _ *registry.Import, list iter.Seq2[registry.Household, error]) error {
	for _, err := range list {
		if err != nil {
			return err
		}
	}
	return nil
}

// BenchmarkHouseholds500k is to be held against BenchmarkEncodingCSV500k.
func BenchmarkHouseholds500k(b *testing.B) {
	path := write(b, "h.csv", string(benchmarkText()))
	target := target(nil)
	target.Store = &countingStore{draft()}
	b.SetBytes(int64(len(benchmarkText())))
	for b.Loop() {
		report, err := Households(context.Background(), target, path, nil)
		if err != nil || report.Rows != benchmarkRows {
			b.Fatalf("report %+v, error %v", report, err)
		}
	}
}

func BenchmarkEncodingCSV500k(b *testing.B) {
	path := write(b, "h.csv", string(benchmarkText()))
	b.SetBytes(int64(len(benchmarkText())))
	for b.Loop() {
		file, err := os.Open(path)
		if err != nil {
			b.Fatal(err)
		}
		r := csv.NewReader(file)
		r.ReuseRecord = true
		n := 0
		for {
			if _, err := r.Read(); err == io.EOF {
				break
			} else if err != nil {
				b.Fatal(err)
			}
			n++
		}
		if n != benchmarkRows+1 {
			b.Fatal(n)
		}
		file.Close()
	}
}

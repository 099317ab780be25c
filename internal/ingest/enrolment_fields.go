package ingest

import (
	"strings"

	"kantong/internal/registry"
)

// enrolmentColumns are all names that an enrolment file's columns may have.
var enrolmentColumns = []string{"kk", "household_id", "id", "nik", "id_dtks", "id_p3ke", "area_code", "kelurahan", "kecamatan",
	"program", "status", "since", "until", "period", "persons", "rupiah", "decree", "unmatched_recipients"}

// enrolmentNames are other names of such columns, as their words joined by _.
var enrolmentNames = map[string]string{
	"programme": "program", "bansos": "program", "jenis_bansos": "program", "nama_bansos": "program", "bantuan": "program",
	"jenis_bantuan": "program", "nama_bantuan": "program", "nama_program": "program", "jenis_program": "program",
	"status_penerima": "status", "status_bantuan": "status", "status_penerimaan": "status",
	"mulai": "since", "sejak": "since", "tmt": "since", "tanggal_mulai": "since", "tgl_mulai": "since",
	"sampai": "until", "hingga": "until", "selesai": "until", "tanggal_selesai": "until", "tgl_selesai": "until", "tanggal_berakhir": "until",
	"periode": "period", "bulan": "period", "masa": "period", "periode_bantuan": "period", "periode_salur": "period", "bulan_salur": "period",
	"jiwa": "persons", "jumlah_jiwa": "persons", "jml_jiwa": "persons", "jumlah_penerima": "persons", "jumlah_anggota": "persons",
	"nominal": "rupiah", "nominal_bantuan": "rupiah", "nilai": "rupiah", "nilai_bantuan": "rupiah", "besaran": "rupiah",
	"besaran_bantuan": "rupiah", "jumlah_bantuan": "rupiah", "jumlah_uang": "rupiah",
	"sk": "decree", "no_sk": "decree", "nomor_sk": "decree", "nomor_surat_keputusan": "decree", "no_surat_keputusan": "decree", "dasar": "decree",
	"kode_kelurahan": "area_code", "kode_desa": "area_code", "kode_wilayah": "area_code", "kode_kel": "area_code",
	"nama_kelurahan": "kelurahan", "desa": "kelurahan", "nama_desa": "kelurahan", "kelurahan_desa": "kelurahan", "desa_kelurahan": "kelurahan",
	"nama_desa_kelurahan": "kelurahan", "kel": "kelurahan", "nama_kecamatan": "kecamatan", "kec": "kecamatan",
}

// settable are what --set may give, since lists of one decree often say it in the heading alone.
var settable = []string{"program", "status", "since", "until", "period", "persons", "rupiah", "decree"}

// enrolmentStatuses are the words of lists for a status.
var enrolmentStatuses = map[string]registry.EnrolmentStatus{
	"aktif": registry.EnrolmentActive, "menerima": registry.EnrolmentActive, "tersalur": registry.EnrolmentActive, "salur": registry.EnrolmentActive,
	"usulan": registry.EnrolmentProposed, "diusulkan": registry.EnrolmentProposed, "calon": registry.EnrolmentProposed,
	"ditangguhkan": registry.EnrolmentSuspended, "tangguh": registry.EnrolmentSuspended, "ditunda": registry.EnrolmentSuspended,
	"berakhir": registry.EnrolmentEnded, "selesai": registry.EnrolmentEnded, "graduasi": registry.EnrolmentEnded, "nonaktif": registry.EnrolmentEnded,
	"non aktif": registry.EnrolmentEnded, "tidak aktif": registry.EnrolmentEnded,
}

func parseStatus(value string) (status registry.EnrolmentStatus, reason string) {
	if value == "" {
		return registry.EnrolmentActive, ""
	}
	if status, ok := enrolmentStatuses[strings.ToLower(value)]; ok {
		return status, ""
	}
	status, err := registry.ParseEnrolmentStatus(strings.ToUpper(value))
	if err != nil {
		return status, "is not one of PROPOSED, ACTIVE, SUSPENDED, ENDED"
	}
	return status, ""
}

// parsePersons reads how many members a benefit is for.
func parsePersons(value string) (n int, reason string) {
	if value == "" {
		return registry.UnknownInt, ""
	}
	count, reason := parseCount(value)
	if reason == "" && count > registry.MaxMembers {
		reason = "is more than a household can have members"
	}
	return int(count), reason
}

// maxBenefitRupiah bounds one benefit, so that the sum over a country stays inside 64 bits.
const maxBenefitRupiah = 10_000_000_000

// parseRupiah reads a sum, also as "Rp 600.000,00": there are no parts of a rupiah, so points group thousands.
func parseRupiah(value string) (n int64, reason string) {
	if value == "" {
		return registry.UnknownInt, ""
	}
	digits := value
	if len(digits) > 2 && strings.EqualFold(digits[:2], "rp") {
		digits = strings.TrimLeft(digits[2:], ". ")
	}
	for _, end := range []string{",00", ",-", ",0"} {
		digits = strings.TrimSuffix(digits, end)
	}
	if parts := strings.Split(digits, "."); len(parts) > 1 {
		grouped := len(parts[0]) >= 1 && len(parts[0]) <= 3
		for _, p := range parts[1:] {
			grouped = grouped && len(p) == 3
		}
		if grouped {
			digits = strings.Join(parts, "")
		}
	}
	if n, reason = parseCount(digits); reason == "" && n > maxBenefitRupiah {
		reason = "is more than any benefit"
	}
	return n, reason
}

// maxDecree is how many bytes the number of a decree may have.
const maxDecree = 128

func parseDecree(value string) (reason string) {
	switch {
	case looksLikeIdentityNumber(value):
		return isIdentityNumber
	case len(value) > maxDecree:
		return "is longer than 128 bytes"
	}
	return ""
}

// parseDay reads a day; "" is no day.
func parseDay(value string) (day registry.Date, reason string) {
	if value == "" {
		return "", ""
	}
	day, err := registry.ParseDate(value)
	if err != nil {
		return "", "is not a date such as 2025-10-31"
	}
	return registry.Date(strings.Clone(string(day))), ""
}

package model

import (
	"kantong/internal/access"
	"kantong/internal/audit"
	"kantong/internal/registry"
)

// Program is the programme as it is stored.
func (in ProgramInput) Program() registry.Program {
	p := registry.Program{Code: in.Code, Name: in.Name, Pillar: in.Pillar, Funder: in.Funder, FunderKind: in.FunderKind,
		BudgetRupiah: in.BudgetRupiah, UnitCostRupiah: in.UnitCostRupiah, Year: in.Year, Source: in.Source}
	if in.Eligibility != nil {
		p.Eligibility = *in.Eligibility
	}
	return p
}

// NewKey is what is asked of package access.
func (in KeyInput) NewKey() access.KeyRequest {
	k := access.KeyRequest{Role: in.Role, Organisation: in.Organisation, Areas: in.Areas}
	if in.Purpose != nil {
		k.Purpose = *in.Purpose
	}
	k.ExpiresAt = in.ExpiresAt
	return k
}

// Verification is what a walk over the audit log found.
func Verification(r audit.Result) *AuditVerification {
	v := &AuditVerification{Intact: r.Fault == nil, Entries: int(r.Entries), Head: &AuditHead{r.Head}}
	if r.Fault != nil {
		at, what := int(r.Fault.Sequence), r.Fault.What
		v.FaultAt, v.Fault = &at, &what
	}
	return v
}

package corner

// Leaf is an object whose fields are those of its struct, but for two.
type Leaf struct {
	Fate  Fate
	ID    string
	Value *int
	Word  string
}

// NewLeaf makes a leaf.
func NewLeaf(f Fate) *Leaf {
	return &Leaf{f, f.text(), maybe(f.Of("value", 0), int(f%100)), f.Of("word", 0).text()}
}

func leafOrNone(f Fate) *Leaf {
	if f.strikes("null") {
		return nil
	}
	return NewLeaf(f)
}

func (*Leaf) IsBeing() {}
func (*Leaf) IsNamed() {}
func (*Leaf) IsAny()   {}

func (l *Leaf) Name() *string { return maybe(l.Fate.Of("name", 0).fall(), "leaf") }
func (l *Leaf) Leaf() *Leaf   { return leafOrNone(l.Fate.Of("leaf", 0).fall()) }
func (l *Leaf) Thing() *Thing { return thingOrNone(l.Fate.Of("thing", 0).fall()) }

// The judge of our log's bytes: it reads one JSON document from standard input and holds what stands there to implementations
// that are not ours. What it objects to goes to standard output, one JSON document too.
package main

import (
	"bytes"
	"crypto/ed25519"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"os"
	"strings"

	formatlog "github.com/transparency-dev/formats/log"
	formatnote "github.com/transparency-dev/formats/note"
	"github.com/transparency-dev/formats/proof"
	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

type inclusion struct {
	Index  int64
	Hashes [][]byte
}

type consistency struct {
	From   int64
	Hashes [][]byte
}

// One size of the log: its cosigned checkpoint, the tiles that grew, and proofs.
type step struct {
	Size          int64
	Note          string
	Tiles         map[string][]byte
	Inclusions    []inclusion
	Consistencies []consistency
	ProofFile     string
}

type given struct {
	Origin     string
	LogKey     string
	WitnessKey string
	// When the witness saw every checkpoint, seconds since 1970.
	SeenAt  int64
	Entries [][]byte
	Bundles map[string][]byte
	Steps   []step
	// A seed from which the judge signs a note of its own, for us to open.
	Seed []byte
}

type verdict struct {
	Objections []string
	// How much was judged, so that nobody takes silence for consent.
	Accepted, Rejected int
	Signed, SignedKey  string
}

type judge struct {
	given
	verdict
	logVerifier, witnessVerifier note.Verifier
	// The Merkle tree as the judge builds it from the entries itself.
	hashes []tlog.Hash
	tiles  map[string][]byte
	roots  []tlog.Hash
}

func (j *judge) object(format string, args ...any) {
	if len(j.Objections) < 20 {
		j.Objections = append(j.Objections, fmt.Sprintf(format, args...))
	}
}

func (j *judge) accepts(err error, format string, args ...any) {
	j.Accepted++
	if err != nil {
		j.object(format+": %v", append(args, err)...)
	}
}

func (j *judge) rejects(err error, format string, args ...any) {
	j.Rejected++
	if err == nil {
		j.object("accepted although mutated: "+format, args...)
	}
}

func (j *judge) ReadHashes(indexes []int64) ([]tlog.Hash, error) {
	list := make([]tlog.Hash, len(indexes))
	for i, index := range indexes {
		list[i] = j.hashes[index]
	}
	return list, nil
}

// Our tiles, asked for under the names of C2SP tlog-tiles: those of tlog without the height.
func (j *judge) Height() int { return 8 }
func (j *judge) ReadTiles(tiles []tlog.Tile) ([][]byte, error) {
	var list [][]byte
	for _, tile := range tiles {
		path := "tile/" + strings.TrimPrefix(tile.Path(), "tile/8/")
		data, there := j.tiles[path]
		if !there || len(data) != tile.W*tlog.HashSize {
			return nil, fmt.Errorf("no tile %s of width %d", path, tile.W)
		}
		list = append(list, data)
	}
	return list, nil
}
func (j *judge) SaveTiles([]tlog.Tile, [][]byte) {}

func hashesOf(list [][]byte) []tlog.Hash {
	hashes := make([]tlog.Hash, len(list))
	for i, bytes := range list {
		copy(hashes[i][:], bytes)
	}
	return hashes
}

// Forms of a proof that are none: each hash changed, the first or last left out, one too many.
func mutations(hashes []tlog.Hash) [][]tlog.Hash {
	forms := [][]tlog.Hash{append(append([]tlog.Hash{}, hashes...), tlog.Hash{1})}
	for i := range hashes {
		changed := append([]tlog.Hash{}, hashes...)
		changed[i][i%tlog.HashSize] ^= 1
		forms = append(forms, changed)
	}
	if len(hashes) > 0 {
		forms = append(forms, hashes[1:], hashes[:len(hashes)-1])
	}
	return forms
}

func same(one, other []tlog.Hash) error {
	if len(one) != len(other) {
		return fmt.Errorf("%d hashes instead of %d", len(one), len(other))
	}
	for i := range one {
		if one[i] != other[i] {
			return fmt.Errorf("another hash at %d", i)
		}
	}
	return nil
}

func (j *judge) judgeNote(s step) (root tlog.Hash) {
	checkpoint, _, opened, err := formatlog.ParseCheckpoint([]byte(s.Note), j.Origin, j.logVerifier, j.witnessVerifier)
	j.accepts(err, "checkpoint %d", s.Size)
	if err != nil {
		return root
	}
	if checkpoint.Size != uint64(s.Size) || !bytes.Equal(checkpoint.Hash, j.roots[s.Size][:]) {
		j.object("checkpoint %d tells of another tree", s.Size)
	}
	if len(opened.Sigs) != 2 {
		j.object("checkpoint %d has %d signatures that count", s.Size, len(opened.Sigs))
	}
	for _, signature := range opened.Sigs {
		if signature.Hash != j.witnessVerifier.KeyHash() {
			continue
		}
		at, err := formatnote.CoSigV1Timestamp(signature)
		if err != nil || at.Unix() != j.SeenAt {
			j.object("checkpoint %d was seen at another time", s.Size)
		}
	}
	// Any line of the text changed, and any signature.
	end := strings.Index(s.Note, "\n\n")
	for at := int(s.Size) % 7; at < end; at += 7 {
		changed := []byte(s.Note)
		changed[at] ^= 1
		_, err := note.Open(changed, note.VerifierList(j.logVerifier, j.witnessVerifier))
		j.rejects(err, "checkpoint %d, byte %d", s.Size, at)
	}
	only := note.VerifierList(j.logVerifier)
	lines := strings.SplitAfter(s.Note, "\n")
	for i := range lines {
		if !strings.HasPrefix(lines[i], "— "+j.logVerifier.Name()+" ") {
			continue
		}
		changed := append([]string{}, lines...)
		at := len(lines[i]) - 10 - int(s.Size)%40
		letter := byte('A')
		if lines[i][at] == 'A' {
			letter = 'B'
		}
		changed[i] = lines[i][:at] + string(letter) + lines[i][at+1:]
		_, err := note.Open([]byte(strings.Join(changed, "")), only)
		j.rejects(err, "signature of checkpoint %d", s.Size)
	}
	copy(root[:], checkpoint.Hash)
	return root
}

func (j *judge) judgeProofs(s step, root tlog.Hash) {
	for _, p := range s.Inclusions {
		hashes := hashesOf(p.Hashes)
		leaf := tlog.RecordHash(j.Entries[p.Index])
		j.accepts(tlog.CheckRecord(hashes, s.Size, root, p.Index, leaf), "entry %d of %d", p.Index, s.Size)
		own, err := tlog.ProveRecord(s.Size, p.Index, j)
		if err == nil {
			err = same(hashes, own)
		}
		j.accepts(err, "proof of entry %d of %d is not the one", p.Index, s.Size)
		for i, form := range mutations(hashes) {
			j.rejects(tlog.CheckRecord(form, s.Size, root, p.Index, leaf), "entry %d of %d, form %d", p.Index, s.Size, i)
		}
		j.rejects(tlog.CheckRecord(hashes, s.Size, root, p.Index, tlog.Hash{}), "entry %d of %d, another entry", p.Index, s.Size)
	}
	for _, p := range s.Consistencies {
		hashes := hashesOf(p.Hashes)
		old := j.roots[p.From]
		j.accepts(tlog.CheckTree(hashes, s.Size, root, p.From, old), "%d after %d", s.Size, p.From)
		own, err := tlog.ProveTree(s.Size, p.From, j)
		if err == nil {
			err = same(hashes, own)
		}
		j.accepts(err, "proof of %d after %d is not the one", s.Size, p.From)
		for i, form := range mutations(hashes) {
			j.rejects(tlog.CheckTree(form, s.Size, root, p.From, old), "%d after %d, form %d", s.Size, p.From, i)
		}
		j.rejects(tlog.CheckTree(hashes, s.Size, root, p.From, tlog.Hash{}), "%d after %d, another root", s.Size, p.From)
	}
}

func (j *judge) judgeProofFile(s step) {
	var file proof.TLogProof
	err := file.Unmarshal([]byte(s.ProofFile))
	j.accepts(err, "proof file at %d", s.Size)
	if err != nil {
		return
	}
	if !bytes.Equal(file.Marshal(), []byte(s.ProofFile)) {
		j.object("proof file at %d is written otherwise", s.Size)
	}
	checkpoint, _, _, err := formatlog.ParseCheckpoint(file.Checkpoint, j.Origin, j.logVerifier)
	j.accepts(err, "checkpoint of the proof file at %d", s.Size)
	if err != nil {
		return
	}
	var root tlog.Hash
	copy(root[:], checkpoint.Hash)
	hashes := make([]tlog.Hash, len(file.Hashes))
	for i, hash := range file.Hashes {
		hashes[i] = hash
	}
	leaf := tlog.RecordHash(j.Entries[file.Index])
	j.accepts(tlog.CheckRecord(hashes, int64(checkpoint.Size), root, int64(file.Index), leaf), "path of the proof file at %d", s.Size)
}

func (j *judge) judgeTiles(s step, root tlog.Hash) {
	for path, data := range s.Tiles {
		j.tiles[path] = data
	}
	reader := tlog.TileHashReader(tlog.Tree{N: s.Size, Hash: root}, j)
	for _, index := range []int64{0, s.Size / 3, s.Size - 1} {
		hashes, err := reader.ReadHashes([]int64{tlog.StoredHashIndex(0, index)})
		if err == nil && hashes[0] != tlog.RecordHash(j.Entries[index]) {
			err = fmt.Errorf("another hash")
		}
		j.accepts(err, "entry %d by the tiles at %d", index, s.Size)
	}
	top, err := tlog.TreeHash(s.Size, reader)
	if err == nil && top != root {
		err = fmt.Errorf("another root")
	}
	j.accepts(err, "root by the tiles at %d", s.Size)
}

func (j *judge) judgeBundles() {
	for index := 0; index*256 < len(j.Entries); index++ {
		width := min(256, len(j.Entries)-index*256)
		tile := tlog.Tile{H: 8, L: 0, N: int64(index), W: width}
		path := strings.Replace(tile.Path(), "tile/8/0/", "tile/entries/", 1)
		rest := j.Bundles[path]
		for i := range width {
			if len(rest) < 2 || len(rest) < 2+int(binary.BigEndian.Uint16(rest)) {
				j.object("%s ends at entry %d", path, i)
				return
			}
			length := 2 + int(binary.BigEndian.Uint16(rest))
			if !bytes.Equal(rest[2:length], j.Entries[index*256+i]) {
				j.object("%s has another entry %d", path, i)
			}
			rest = rest[length:]
		}
		j.Accepted++
		if len(rest) > 0 {
			j.object("%s goes on after its end", path)
		}
	}
}

func (j *judge) sign() error {
	key := ed25519.NewKeyFromSeed(j.Seed)
	name := "judge.example.dk"
	vkey, err := note.NewEd25519VerifierKey(name, key.Public().(ed25519.PublicKey))
	if err != nil {
		return err
	}
	hash := strings.Split(vkey, "+")[1]
	signer, err := note.NewSigner("PRIVATE+KEY+" + name + "+" + hash + "+" + base64.StdEncoding.EncodeToString(append([]byte{1}, j.Seed...)))
	if err != nil {
		return err
	}
	size := len(j.Entries)
	text := formatlog.Checkpoint{Origin: name, Size: uint64(size), Hash: j.roots[size][:]}.Marshal()
	signed, err := note.Sign(&note.Note{Text: string(text)}, signer)
	j.Signed, j.SignedKey = string(signed), vkey
	return err
}

func run() error {
	j := &judge{tiles: map[string][]byte{}}
	if err := json.NewDecoder(os.Stdin).Decode(&j.given); err != nil {
		return err
	}
	var err error
	if j.logVerifier, err = note.NewVerifier(j.LogKey); err != nil {
		return err
	}
	if j.witnessVerifier, err = formatnote.NewVerifierForCosignatureV1(j.WitnessKey); err != nil {
		return err
	}
	empty, _ := tlog.TreeHash(0, j)
	j.roots = append(j.roots, empty)
	for i, entry := range j.Entries {
		stored, err := tlog.StoredHashes(int64(i), entry, j)
		if err != nil {
			return err
		}
		j.hashes = append(j.hashes, stored...)
		root, err := tlog.TreeHash(int64(i+1), j)
		if err != nil {
			return err
		}
		j.roots = append(j.roots, root)
	}
	for _, s := range j.Steps {
		root := j.judgeNote(s)
		j.judgeProofs(s, root)
		j.judgeTiles(s, root)
		if s.ProofFile != "" {
			j.judgeProofFile(s)
		}
	}
	j.judgeBundles()
	if err := j.sign(); err != nil {
		return err
	}
	return json.NewEncoder(os.Stdout).Encode(j.verdict)
}

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// Another reader of the log, in another language, for the tests only.
//
// What decides here is the Go distribution's own code for transparency logs (golang.org/x/mod/sumdb,
// as vendored by the go command) and its own cryptography. Nothing of it was written with
// Homeward in view, so where the two agree, neither is wrong alone.
//
//	peer ask                      a question a line in JSON on stdin, an answer a line on stdout
//	peer verify FOLDER KEY...     a folder of tiles: every entry, tile, the root and the signatures
package main

import (
	"encoding/json"
	"fmt"
	"os"
	"time"
)

func main() {
	if len(os.Args) == 2 && os.Args[1] == "ask" {
		answerAll(os.Stdin, os.Stdout)
		return
	}
	if len(os.Args) < 4 || os.Args[1] != "verify" {
		fmt.Fprintln(os.Stderr, "peer ask | peer verify FOLDER KEY...")
		os.Exit(2)
	}
	began := time.Now()
	found, err := verify(os.Args[2], os.Args[3:])
	if err != nil {
		found.Refused = err.Error()
	}
	found.Seconds = time.Since(began).Seconds()
	json.NewEncoder(os.Stdout).Encode(found)
	if err != nil {
		os.Exit(1)
	}
}

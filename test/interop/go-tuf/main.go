// SPDX-License-Identifier: Apache-2.0

// Command interop runs go-tuf against a repository of ours. Takes what the other clients take; see test/interop/clients.mjs.
package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strconv"

	"github.com/theupdateframework/go-tuf/v2/metadata/config"
	"github.com/theupdateframework/go-tuf/v2/metadata/updater"
)

// Exit codes: every target was read, one was not, the program was called wrongly.
const (
	exitReads   = 0
	exitRefused = 1
	exitUsage   = 2
)

func refresh(metadataURL, targetsURL, rootFile, work string) (*updater.Updater, error) {
	root, err := os.ReadFile(rootFile)
	if err != nil {
		return nil, err
	}
	options, err := config.New(metadataURL, root)
	if err != nil {
		return nil, err
	}
	options.LocalMetadataDir = filepath.Join(work, "metadata")
	options.LocalTargetsDir = filepath.Join(work, "files")
	options.RemoteTargetsURL = targetsURL
	options.PrefixTargetsWithHash = true
	client, err := updater.New(options)
	if err != nil {
		return nil, err
	}
	return client, client.Refresh()
}

func fetch(client *updater.Updater, target, file string) error {
	info, err := client.GetTargetInfo(target)
	if err != nil {
		return err
	}
	_, _, err = client.DownloadTarget(info, file, "")
	return err
}

func report(target string, err error) {
	line := map[string]string{"target": target}
	if err == nil {
		line["result"] = "reads"
	} else {
		line["error"] = err.Error()
	}
	var text bytes.Buffer
	encoder := json.NewEncoder(&text)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(line); err != nil {
		panic(err)
	}
	fmt.Print(text.String())
}

func run(arguments []string) int {
	if len(arguments) < 5 {
		fmt.Fprintln(os.Stderr, "usage: METADATA_URL TARGETS_URL ROOT_FILE WORK_DIR TARGET...")
		return exitUsage
	}
	metadataURL, targetsURL, rootFile, work := arguments[0], arguments[1], arguments[2], arguments[3]
	client, refused := refresh(metadataURL, targetsURL, rootFile, work)
	code := exitReads
	for index, target := range arguments[4:] {
		err := refused
		if err == nil {
			err = fetch(client, target, filepath.Join(work, "files", strconv.Itoa(index)))
		}
		if err != nil {
			code = exitRefused
		}
		report(target, err)
	}
	return code
}

func main() {
	os.Exit(run(os.Args[1:]))
}

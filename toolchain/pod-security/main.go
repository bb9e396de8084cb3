// Judges the pods of Kubernetes objects by the Pod Security Standards, with the code by which the API
// server itself admits pods. Reads objects from standard input, as YAML documents or JSON, and prints
// what it makes of each, in the same order.
package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"log"
	"os"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/meta"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/serializer"
	"k8s.io/apimachinery/pkg/util/yaml"
	"k8s.io/client-go/kubernetes/scheme"
	"k8s.io/pod-security-admission/admission"
	"k8s.io/pod-security-admission/api"
	"k8s.io/pod-security-admission/policy"
)

// version is set by the linker.
var version string

// Judgement is what is said of one object.
type Judgement struct {
	Kind      string `json:"kind"`
	Namespace string `json:"namespace,omitempty"`
	Name      string `json:"name"`
	// Known tells whether Kubernetes itself has this kind; the pods of others are not looked for.
	Known bool `json:"known"`
	// HasPods tells whether there is a pod, or a template of pods, that was judged.
	HasPods  bool      `json:"hasPods"`
	Findings []Finding `json:"findings"`
	// Enforced is what the labels of a namespace make the API server enforce there, `restricted:latest`.
	Enforced string `json:"enforced,omitempty"`
}

// Finding is one check that is not passed, in the API server's words.
type Finding struct {
	Reason string `json:"reason"`
	Detail string `json:"detail"`
}

func main() {
	log.SetFlags(0)
	level := flag.String("level", "restricted", "the standard: baseline or restricted")
	edition := flag.String("standards", "latest", "the version of the standards, such as v1.36")
	tell := flag.Bool("version", false, "print the version and end")
	flag.Parse()
	if *tell {
		fmt.Println("pod-security", version)
		return
	}
	judgements, err := judgeAll(os.Stdin, *level, *edition)
	if err == nil {
		err = json.NewEncoder(os.Stdout).Encode(judgements)
	}
	if err != nil {
		log.Fatal(err)
	}
}

func judgeAll(input io.Reader, level, edition string) ([]Judgement, error) {
	standard, err := standardOf(level, edition)
	if err != nil {
		return nil, err
	}
	evaluator, err := policy.NewEvaluator(policy.DefaultChecks(), nil)
	if err != nil {
		return nil, err
	}
	judgements := []Judgement{}
	documents := yaml.NewYAMLReader(bufio.NewReader(input))
	for {
		document, err := documents.Read()
		if errors.Is(err, io.EOF) {
			return judgements, nil
		}
		if err != nil {
			return nil, err
		}
		judgement, err := judge(document, evaluator, standard)
		if err != nil {
			return nil, err
		}
		judgements = append(judgements, judgement)
	}
}

func standardOf(level, edition string) (api.LevelVersion, error) {
	parsed, err := api.ParseLevel(level)
	if err != nil {
		return api.LevelVersion{}, err
	}
	number, err := api.ParseVersion(edition)
	return api.LevelVersion{Level: parsed, Version: number}, err
}

// A field that no version of the API has would be dropped without a word, and what it was meant to say with it.
var strict = serializer.NewCodecFactory(scheme.Scheme, serializer.EnableStrict).UniversalDeserializer()

func judge(document []byte, evaluator policy.Evaluator, standard api.LevelVersion) (Judgement, error) {
	object, _, err := strict.Decode(document, nil, nil)
	if runtime.IsNotRegisteredError(err) {
		return unknown(document)
	}
	if err != nil {
		return Judgement{}, err
	}
	judgement, err := named(object)
	if err != nil {
		return Judgement{}, err
	}
	judgement.Known = true
	if namespace, ok := object.(*corev1.Namespace); ok {
		effective, faults := api.PolicyToEvaluate(namespace.Labels, api.Policy{
			Enforce: api.LevelVersion{Level: api.LevelPrivileged, Version: api.LatestVersion()},
		})
		if len(faults) > 0 {
			return Judgement{}, faults.ToAggregate()
		}
		judgement.Enforced = effective.Enforce.String()
	}
	// It fails for a kind without pods, and for nothing else.
	metadata, spec, err := admission.DefaultPodSpecExtractor{}.ExtractPodSpec(object)
	if err != nil || spec == nil {
		return judgement, nil
	}
	judgement.HasPods = true
	for _, result := range evaluator.EvaluatePod(standard, metadata, spec) {
		if !result.Allowed {
			judgement.Findings = append(judgement.Findings, Finding{result.ForbiddenReason, result.ForbiddenDetail})
		}
	}
	return judgement, nil
}

func unknown(document []byte) (Judgement, error) {
	object := &unstructured.Unstructured{}
	if err := yaml.Unmarshal(document, &object.Object); err != nil {
		return Judgement{}, err
	}
	return named(object)
}

func named(object runtime.Object) (Judgement, error) {
	about, err := meta.Accessor(object)
	if err != nil {
		return Judgement{}, err
	}
	return Judgement{
		Kind:      object.GetObjectKind().GroupVersionKind().Kind,
		Namespace: about.GetNamespace(),
		Name:      about.GetName(),
		Findings:  []Finding{},
	}, nil
}

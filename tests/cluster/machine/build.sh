#!/usr/bin/env bash
# Builds Kubernetes 1.20.2 from Debian's source package into the cache; etcd, CNI plugins, Go and small tools are Debian's
# packages, unpacked in the cache and not installed. 3 GB, 6 to 15 minutes on 2 cores. Skips what is there: can be run again.
set -euo pipefail
dir=${XDG_CACHE_HOME:-$HOME/.cache}/arena/cluster
mkdir -p "$dir"/{apt/partial,apt/lists/partial,apt/parts,debs,root,bin}
release=bookworm version=1.20.2
# socat is for kubectl port-forward, conntrack for kube-proxy, dnsmasq for the names of services; the last line their libraries
packages=(golang-1.19-go golang-1.19-src golang-github-modern-go-reflect2-dev etcd-server containernetworking-plugins
    socat conntrack dnsmasq-base
    libwrap0 libnetfilter-conntrack3 libmnl0 libnfnetlink0 libnftables1 libnftnl11 libjansson4)

say() { echo "build: $*" >&2; }
commands=(kube-scheduler kube-apiserver kube-controller-manager kubelet kube-proxy)
all_there() { for name in "${commands[@]}" pause; do [ -x "$dir/bin/$name" ] || return; done; }
! all_there || exit 0

# A private apt: the system's own mirror and its keys, plus source packages; the system's lists stay as they are.
mirror=$(apt-get indextargets --format "\$(REPO_URI)" 'Created-By: Packages' "Release: $release" 'Component: main' | head -1)
[ -n "$mirror" ] || { say "expected $release main in apt's sources, got none; add it and run this again"; exit 1; }
keys=/usr/share/keyrings/debian-archive-keyring.gpg
printf "%s [signed-by=$keys] $mirror $release main\n" deb deb-src >"$dir/apt/sources.list"
apt=(apt-get -qq -o "Dir::Etc::sourcelist=$dir/apt/sources.list" -o "Dir::Etc::sourceparts=$dir/apt/parts"
    -o "Dir::State::lists=$dir/apt/lists" -o "Dir::Cache=$dir/apt" -o "Dir::Cache::archives=$dir/apt"
    -o APT::Sandbox::User=root -o APT::Update::Post-Invoke-Success=)
ls "$dir"/apt/lists/*_Sources* >/dev/null 2>&1 || { say "reading the package lists"; "${apt[@]}" update; }

cd "$dir/debs"
for package in "${packages[@]}"; do
    ls "${package}"_*.deb >/dev/null 2>&1 && continue
    say "unpacking $package"
    "${apt[@]}" download "$package"
    dpkg -x "${package}"_*.deb "$dir/root"
done

source=$dir/kubernetes-$version
if ! [ -d "$source" ]; then
    say "fetching the source of Kubernetes $version"
    "${apt[@]}" source --download-only kubernetes
    rm -rf "$source.part"
    dpkg-source --no-check --no-copy -x kubernetes_*"$version"*.dsc "$source.part" >/dev/null
    # reflect2 1.0.1 walks maps as Go did before 1.18: the API server would die of the first custom resource. Debian has 1.0.2.
    rm -r "$source.part/vendor/github.com/modern-go/reflect2"
    cp -r "$dir/root/usr/share/gocode/src/github.com/modern-go/reflect2" "$source.part/vendor/github.com/modern-go/"
    mv "$source.part" "$source"
fi

# Debian's Go with a GOPATH that holds nothing but this tree: every dependency is in vendor/, nothing is downloaded.
export GOROOT=$dir/root/usr/lib/go-1.19 GOPATH=$dir/gopath GOCACHE=$dir/gocache HOME=$dir/gopath
export GO111MODULE=off GOPROXY=off GOFLAGS='' CGO_ENABLED=0 PATH=$dir/root/usr/lib/go-1.19/bin:$PATH
mkdir -p "$GOPATH/src/k8s.io"
ln -sfn "$source" "$GOPATH/src/k8s.io/kubernetes"
cd "$GOPATH/src/k8s.io/kubernetes/"     # the final slash: Go and grep must enter the link

# Debian strips the generated OpenAPI file; the API server does not compile without it.
openapi=pkg/generated/openapi
if ! [ -s "$openapi/zz_generated.openapi.go" ]; then
    say "generating OpenAPI"
    nice -n 19 go build -p 2 -o "$dir/bin/openapi-gen" ./vendor/k8s.io/kube-openapi/cmd/openapi-gen
    inputs=$(grep -rl --include='*.go' '+k8s:openapi-gen=' vendor/k8s.io/ pkg/ -R 2>/dev/null |
        grep -vE 'vendor/k8s.io/(code-generator|sample-apiserver|kube-openapi|gengo)' |
        xargs -n1 dirname | LC_ALL=C sort -u | sed 's#^#k8s.io/kubernetes/#' | paste -sd,)
    nice -n 19 "$dir/bin/openapi-gen" -i "$inputs" -p "k8s.io/kubernetes/$openapi" -O zz_generated.openapi \
        -h vendor/k8s.io/code-generator/hack/boilerplate.go.txt -r "$dir/openapi-violations"
fi

# Without a version a kubelet registers as v0.0.0-master, and clients guess wrongly what the server can do.
flags="-s -w"
for package in k8s.io/kubernetes/vendor/k8s.io/{component-base,client-go/pkg}/version; do
    flags+=" -X $package.gitVersion=v$version -X $package.gitMajor=1 -X $package.gitMinor=20"
done
for command in "${commands[@]}"; do
    [ -x "$dir/bin/$command" ] && continue
    say "compiling $command"
    nice -n 19 go build -p 2 -ldflags "$flags" -o "$dir/bin/$command" "./cmd/$command"
done
[ -x "$dir/bin/pause" ] || gcc -Os -static -o "$dir/bin/pause" build/pause/linux/pause.c
say "done: $dir/bin; $dir/gocache, $dir/gopath and $source may be deleted now"

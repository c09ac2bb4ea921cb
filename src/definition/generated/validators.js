/** Generated from schema/ by scripts/generate-types.ts: do not edit. */
import equalModule from 'ajv/dist/runtime/equal.js';
import ucs2lengthModule from 'ajv/dist/runtime/ucs2length.js';

export const validateRack = validate20;
const schema31 = {"$schema":"https://json-schema.org/draft/2020-12/schema","$id":"https://rackops.invalid/schema/rack.schema.json","title":"Rack","description":"One rack: a read-only image, what runs in it, and how it is moved from one version to the next. One rack per file, `racks/<name>.yaml`.","type":"object","additionalProperties":false,"required":["apiVersion","kind","name","image","services"],"properties":{"apiVersion":{"description":"Version of this format.","const":"rackops/v1","examples":["rackops/v1"]},"kind":{"description":"What this file defines.","const":"Rack","examples":["Rack"]},"name":{"description":"Name of the rack, the same as the file name without `.yaml`.","$ref":"#/$defs/name","examples":["webserver"]},"image":{"description":"The squashfs image that holds the software. It is never written to.","type":"object","additionalProperties":false,"required":["file","sha256"],"examples":[{"file":"webserver-2.0.iso","sha256":"9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"}],"properties":{"file":{"description":"File name in the image store, without a directory.","$ref":"#/$defs/imageFile","examples":["webserver-2.0.iso"]},"sha256":{"description":"sha256 of the file: 64 hex digits, with or without `sha256:` in front. The image is what this says, whatever its file name.","$ref":"#/$defs/sha256","examples":["9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"]}}},"hosts":{"description":"Which hosts run this rack. Absent: every host that reads this repository.","type":"object","additionalProperties":false,"required":["labels"],"properties":{"labels":{"description":"Labels that the host's own configuration must have, all of them, with these values.","$ref":"#/$defs/labels","examples":[{"role":"web"}]}}},"dependsOn":{"description":"Racks that must be ready before this one is moved. A rack that does not run on this host is ignored with a warning.","type":"array","maxItems":64,"uniqueItems":true,"items":{"$ref":"#/$defs/name"},"default":[],"examples":[["database"]]},"env":{"description":"Environment variables of all services: text, or a secret read from a file of the host.","$ref":"#/$defs/env","default":{},"examples":[{"RAILS_ENV":"production","DB_PASSWORD":{"fromHostFile":"/etc/rackops/secrets/db"}}]},"mounts":{"description":"Directories of the host that are visible in the rack. The host's configuration decides which are allowed (`allow.mounts`).","type":"array","maxItems":64,"items":{"$ref":"#/$defs/mount"},"default":[],"examples":[[{"source":"/var/share","target":"/var/share","readOnly":true}]]},"files":{"description":"Files of this repository, from the same commit, read-only in the rack.","type":"array","maxItems":256,"items":{"$ref":"#/$defs/file"},"default":[],"examples":[[{"path":"/etc/nginx/conf.d/site.conf","source":"files/site.conf","mode":"0644"}]]},"services":{"description":"The processes of the rack, by name.","type":"object","minProperties":1,"maxProperties":32,"propertyNames":{"$ref":"#/$defs/name"},"additionalProperties":{"$ref":"#/$defs/service"},"examples":[{"nginx":{"command":["nginx","-g","daemon off;"]}}]},"rollout":{"description":"How the rack is moved from one version to the next.","$ref":"#/$defs/rollout"}},"$defs":{"name":{"description":"Lower-case letter, then lower-case letters, digits and hyphens; 32 characters at most.","type":"string","maxLength":32,"pattern":"^[a-z][a-z0-9-]{0,31}$"},"imageFile":{"description":"A plain file name of letters, digits and `. _ + ~ -`; 200 characters at most.","type":"string","maxLength":200,"pattern":"^[A-Za-z0-9_][A-Za-z0-9._+~-]*$"},"sha256":{"description":"64 hex digits.","type":"string","maxLength":71,"pattern":"^(sha256:)?[0-9a-fA-F]{64}$"},"duration":{"description":"A number with its unit: `ms`, `s`, `m` or `h`.","type":"string","maxLength":16,"pattern":"^[0-9]{1,9}(\\.[0-9]{1,3})?(ms|s|m|h)$"},"memory":{"description":"A whole number with its unit: `KiB`, `MiB` or `GiB`.","type":"string","maxLength":16,"pattern":"^[1-9][0-9]{0,8}(KiB|MiB|GiB)$"},"hostPath":{"description":"Absolute path on the host, without `.`, `..` and empty parts.","type":"string","maxLength":4095,"pattern":"^/"},"rackPath":{"description":"Absolute path as a process in the rack sees it, without `.`, `..` and empty parts.","type":"string","maxLength":4095,"pattern":"^/"},"repositoryPath":{"description":"Path in the repository, without `.`, `..` and empty parts.","type":"string","minLength":1,"maxLength":1024,"pattern":"^[^/]"},"port":{"description":"TCP port, 1 to 65535.","type":"integer","minimum":1,"maximum":65535},"probeHost":{"description":"Host name or address that the probe connects to.","type":"string","maxLength":253,"pattern":"^[A-Za-z0-9]([A-Za-z0-9.:-]*[A-Za-z0-9])?$|^::[0-9A-Fa-f:.]*$"},"command":{"description":"Program and arguments, as a list: no shell takes part.","type":"array","minItems":1,"maxItems":256,"items":{"type":"string","maxLength":32768}},"labels":{"description":"Names and values, both text; at least one.","type":"object","minProperties":1,"maxProperties":64,"propertyNames":{"$ref":"#/$defs/labelName"},"additionalProperties":{"$ref":"#/$defs/labelValue"}},"labelName":{"description":"Letters, digits and `. _ / -`, beginning with a letter; 63 characters at most.","type":"string","maxLength":63,"pattern":"^[A-Za-z][A-Za-z0-9._/-]*$"},"labelValue":{"description":"Text of 63 characters at most.","type":"string","maxLength":63},"envName":{"description":"Letters, digits and underscores, not beginning with a digit.","type":"string","maxLength":128,"pattern":"^[A-Za-z_][A-Za-z0-9_]*$"},"env":{"description":"Environment variables.","type":"object","maxProperties":256,"propertyNames":{"$ref":"#/$defs/envName"},"additionalProperties":{"$ref":"#/$defs/envValue"}},"envValue":{"description":"Text (numbers in quotes), or `{fromHostFile: /path}`: the content of a host file, read when the service is started and never stored.","anyOf":[{"type":"string","maxLength":32768},{"type":"object","additionalProperties":false,"required":["fromHostFile"],"properties":{"fromHostFile":{"description":"File of the host within `allow.secrets`; one line end at its end is dropped.","$ref":"#/$defs/hostPath","examples":["/etc/rackops/secrets/db"]}}}]},"mount":{"description":"One directory of the host in the rack.","type":"object","additionalProperties":false,"required":["source","target"],"properties":{"source":{"description":"Directory on the host; must exist there.","$ref":"#/$defs/hostPath","examples":["/var/share"]},"target":{"description":"Where it appears in the rack. Not `/`, and not in `/proc`, `/sys` or `/dev`.","$ref":"#/$defs/rackPath","examples":["/var/share"]},"readOnly":{"description":"The rack cannot write to it.","type":"boolean","default":false,"examples":[true]},"rehearse":{"description":"What a rehearsal sees there: `readOnly`, a read-only view in which live unix sockets answer nobody; `empty`, an empty directory that is thrown away; `share`, the real thing: what the new version writes or says there is real.","enum":["readOnly","empty","share"],"default":"readOnly","examples":["empty"]}}},"file":{"description":"One file of the repository in the rack.","type":"object","additionalProperties":false,"required":["path","source"],"properties":{"path":{"description":"Where it appears in the rack, read-only.","$ref":"#/$defs/rackPath","examples":["/etc/nginx/conf.d/site.conf"]},"source":{"description":"File in the repository, 1 MiB at most; looked for from the repository's root, then beside the definition.","$ref":"#/$defs/repositoryPath","examples":["files/site.conf"]},"mode":{"description":"Permission bits, three octal digits, in quotes; `0o644` is understood too.","$ref":"#/$defs/mode","default":"0644","examples":["0644"]}}},"mode":{"description":"Permission bits.","anyOf":[{"type":"string","maxLength":4,"pattern":"^0?[0-7]{3}$"},{"type":"integer","minimum":0,"maximum":511}]},"service":{"description":"One process of the rack. It is process 1 of a namespace of its own.","type":"object","additionalProperties":false,"required":["command"],"properties":{"command":{"description":"Program and arguments, as a list; the program is looked up in PATH inside the rack. It must stay in the foreground.","$ref":"#/$defs/command","examples":[["nginx","-g","daemon off;"]]},"user":{"description":"User name, or `uid` or `uid:gid`; names are looked up in the rack.","$ref":"#/$defs/user","default":"root","examples":["www-data"]},"workdir":{"description":"Working directory in the rack.","$ref":"#/$defs/rackPath","default":"/","examples":["/srv/app"]},"env":{"description":"Environment variables of this service, over those of the rack. PATH is set unless you set it.","$ref":"#/$defs/env","default":{},"examples":[{"NGINX":"3;"}]},"listen":{"description":"TCP addresses and unix sockets that are opened for the service and handed to it as file descriptors from 3 on, in this order (LISTEN_FDS). They stay open while versions change.","type":"array","maxItems":16,"items":{"$ref":"#/$defs/listenEntry"},"default":[],"examples":[["0.0.0.0:80",{"unix":"/var/share/app.sock","owner":"33:33"}]]},"stop":{"description":"How the service is asked to end.","type":"object","additionalProperties":false,"properties":{"signal":{"description":"Signal that is sent first, without `SIG`.","$ref":"#/$defs/signal","default":"TERM","examples":["QUIT"]},"timeout":{"description":"How long to wait before everything that is left of the service is killed; 1s to 10m.","$ref":"#/$defs/duration","default":"10s","examples":["30s"]}}},"restart":{"description":"What happens when the service ends by itself.","type":"object","additionalProperties":false,"properties":{"policy":{"description":"`always`, `on-failure` (not after exit code 0) or `never`.","enum":["always","on-failure","never"],"default":"always","examples":["on-failure"]},"delay":{"description":"Wait before the first restart, doubled at each further one; 100ms to 1h.","$ref":"#/$defs/duration","default":"1s","examples":["1s"]},"maxDelay":{"description":"The longest wait between two restarts; at least `delay`, 1h at most.","$ref":"#/$defs/duration","default":"30s","examples":["5m"]},"onUnhealthy":{"description":"Restart the service also when its probe says unhealthy (it hangs) after the rollout is committed.","type":"boolean","default":false,"examples":[true]}}},"dependsOn":{"description":"Services of this rack that are started before this one and stopped after it.","type":"array","maxItems":32,"uniqueItems":true,"items":{"$ref":"#/$defs/name"},"default":[],"examples":[["database"]]},"health":{"description":"How to find out whether the service works. Without it, it only has to stay up.","$ref":"#/$defs/health"},"capabilities":{"description":"Linux capabilities of the service, with or without `CAP_`, within the host's `allow.capabilities`. An empty list: none.","type":"array","maxItems":41,"uniqueItems":true,"items":{"$ref":"#/$defs/capability"},"default":["CHOWN","DAC_OVERRIDE","FOWNER","KILL","NET_BIND_SERVICE","SETGID","SETUID"],"examples":[["NET_BIND_SERVICE"]]},"resources":{"description":"Limits, where the host's control groups allow them.","type":"object","additionalProperties":false,"properties":{"memory":{"description":"Most memory, in KiB, MiB or GiB; no limit when absent.","$ref":"#/$defs/memory","examples":["512MiB"]},"cpus":{"description":"Most processor time, in processors; no limit when absent.","type":"number","minimum":0.01,"maximum":1024,"examples":[1.5]},"pids":{"description":"Most processes and threads; no limit when absent.","type":"integer","minimum":1,"maximum":4194304,"examples":[256]}}}}},"user":{"description":"User name, uid, or `uid:gid`.","anyOf":[{"type":"string","maxLength":32,"pattern":"^([A-Za-z_][A-Za-z0-9_.-]*|[0-9]{1,10}(:[0-9]{1,10})?)$"},{"type":"integer","minimum":0,"maximum":4294967294}]},"signal":{"description":"Name of a signal, without `SIG`.","enum":["TERM","QUIT","INT","HUP","USR1","USR2","WINCH","KILL"]},"listenEntry":{"description":"`address:port`, or `unix:/path` for a unix socket, or a mapping with one of them and options.","anyOf":[{"type":"string","maxLength":4095},{"type":"object","additionalProperties":false,"properties":{"address":{"description":"`address:port`; IPv6 in brackets. `0.0.0.0` is every IPv4 address, `[::]` every address.","$ref":"#/$defs/listen","examples":["0.0.0.0:80"]},"unix":{"description":"Path of a unix socket on the host, 107 bytes at most, in a directory within `allow.mounts` that exists, has no symbolic link in its path and is on no network file system.","$ref":"#/$defs/hostPath","examples":["/var/share/app.sock"]},"backlog":{"description":"Connections that may wait until the service accepts them, in particular during a swap; the kernel caps it at net.core.somaxconn.","type":"integer","minimum":1,"maximum":65535,"default":4096,"examples":[4096]},"reusePort":{"description":"Set SO_REUSEPORT: programs of root outside of rackops that set it too may listen on the same address. Two racks on one address are refused all the same.","type":"boolean","default":false,"examples":[true]},"v6Only":{"description":"An IPv6 address takes no IPv4 connections; without it `[::]` takes both.","type":"boolean","default":false,"examples":[true]},"mode":{"description":"Permission bits of the unix socket, three octal digits, in quotes; who may write to it may connect.","$ref":"#/$defs/mode","default":"0660","examples":["0660"]},"owner":{"description":"Owner of the unix socket on the host, `uid` or `uid:gid`; the group has the user's number unless it is given.","$ref":"#/$defs/owner","default":"0:0","examples":["33:33"]}}}]},"listen":{"description":"`address:port`; IPv6 in brackets.","type":"string","maxLength":64,"pattern":"^([0-9.]{7,15}|\\[[0-9A-Fa-f:.]{2,45}\\]):[0-9]{1,5}$"},"owner":{"description":"A uid, or `uid:gid`.","anyOf":[{"type":"string","maxLength":21,"pattern":"^[0-9]{1,10}(:[0-9]{1,10})?$"},{"type":"integer","minimum":0,"maximum":4294967294}]},"capability":{"description":"Name of a Linux capability, with or without `CAP_`.","type":"string","maxLength":40,"pattern":"^(CAP_)?[A-Z][A-Z_]*$"},"health":{"description":"A probe: exactly one of `http`, `tcp` and `exec`.","type":"object","additionalProperties":false,"oneOf":[{"required":["http"],"properties":{"http":true}},{"required":["tcp"],"properties":{"tcp":true}},{"required":["exec"],"properties":{"exec":true}}],"properties":{"http":{"description":"Healthy when an HTTP GET is answered as wanted.","type":"object","additionalProperties":false,"required":["port"],"properties":{"port":{"description":"TCP port to connect to.","$ref":"#/$defs/port","examples":[80]},"host":{"description":"Where to connect to; default: the listen address with that port, else 127.0.0.1.","$ref":"#/$defs/probeHost","examples":["127.0.0.1"]},"path":{"description":"Path and query that are asked for.","type":"string","maxLength":2048,"pattern":"^/[!-~]*$","default":"/","examples":["/up"]},"status":{"description":"The status code that means healthy.","type":"integer","minimum":100,"maximum":599,"default":200,"examples":[200]},"body":{"description":"Regular expression (JavaScript) that must be found in the first 64 KiB of the answer; any answer when absent.","type":"string","minLength":1,"maxLength":512,"examples":["^2\\.0"]}}},"tcp":{"description":"Healthy when a connection is accepted.","type":"object","additionalProperties":false,"required":["port"],"properties":{"port":{"description":"TCP port to connect to.","$ref":"#/$defs/port","examples":[5432]},"host":{"description":"Where to connect to; default: the listen address with that port, else 127.0.0.1.","$ref":"#/$defs/probeHost","examples":["127.0.0.1"]}}},"exec":{"description":"Healthy when a program run in the rack ends with exit code 0.","type":"object","additionalProperties":false,"required":["command"],"properties":{"command":{"description":"Program and arguments, as a list.","$ref":"#/$defs/command","examples":[["pg_isready","-q"]]}}},"interval":{"description":"Time between two probes; 50ms to 1h.","$ref":"#/$defs/duration","default":"2s","examples":["2s"]},"timeout":{"description":"How long one probe may take; 10ms to 5m.","$ref":"#/$defs/duration","default":"1s","examples":["1s"]},"startPeriod":{"description":"Failures do not count for this long after the start, until the first success; 0s to 1h.","$ref":"#/$defs/duration","default":"30s","examples":["30s"]},"healthyAfter":{"description":"Successes in a row that mean healthy.","type":"integer","minimum":1,"maximum":100,"default":2,"examples":[2]},"unhealthyAfter":{"description":"Failures in a row that mean unhealthy.","type":"integer","minimum":1,"maximum":100,"default":3,"examples":[3]}}},"rollout":{"description":"How a new version is proved, and what happens when it fails.","type":"object","additionalProperties":false,"properties":{"rehearse":{"description":"Try the new version on a throw-away view of the writable layer first, on a private network, while the running one goes on. `auto`: when a service has a health check and this definition was not committed here before; `always`: at every swap; `never`: not at all.","enum":["auto","always","never"],"default":"auto","examples":["auto"]},"bake":{"description":"How long the new version must stay healthy, without a restart, before it is committed; 0s to 24h.","$ref":"#/$defs/duration","default":"10s","examples":["10s"]},"timeout":{"description":"How long the new version may take to become healthy, and how long listening sockets stay open while nothing serves them; 1s to 24h.","$ref":"#/$defs/duration","default":"2m","examples":["2m"]},"onFailure":{"description":"`rollback` puts the old version back; `hold` leaves the failed one for a person to look at.","enum":["rollback","hold"],"default":"rollback","examples":["rollback"]},"data":{"description":"What a rollback does with the writable layer: `keep` it, or `restore` it as it was at the stop. `restore` seals the layer at every swap: nothing is copied then, but the first write to a big file of a sealed layer copies that file.","enum":["keep","restore"],"default":"keep","examples":["restore"]},"snapshots":{"description":"How many snapshots of the writable directory are kept, by rollouts with `data: restore` and by hand together; what older ones hold is merged in the background.","type":"integer","minimum":1,"maximum":8,"default":3,"examples":[3]},"quiesce":{"description":"How a service brings its data to rest for a rehearsal: while it is frozen the writable layer is copied, and the rehearsal runs on the copy. Counts from the version on that has it: the running definition's commands are run. Without it a rehearsal sees the live data as they are written to.","type":"object","additionalProperties":false,"required":["service","freeze","thaw"],"properties":{"service":{"description":"Service of this rack in which both commands are run, as its user and with its environment.","$ref":"#/$defs/name","examples":["db"]},"freeze":{"description":"Program and arguments, as a list: when it ends with exit code 0, nothing writes to the data any more.","$ref":"#/$defs/command","examples":[["dbctl","freeze"]]},"thaw":{"description":"Program and arguments, as a list: the service writes again. Run after the copy, whatever came of it, and after a crash; so it must also succeed when nothing is frozen.","$ref":"#/$defs/command","examples":[["dbctl","thaw"]]},"timeout":{"description":"How long freezing and copying may take together, and how long each of three tries to thaw may take; 1s to 5m.","$ref":"#/$defs/duration","default":"10s","examples":["10s"]}}},"shadow":{"description":"What to do about files of the writable layer that hide files of a new image; looked at before anything of a rollout is stopped. See docs/shadow.md.","type":"object","additionalProperties":false,"properties":{"default":{"description":"For paths that no rule names. With `keep` what is harmless or doubtful is kept and told, while another type than the image's and an edited program or library fail the rollout.","$ref":"#/$defs/shadowPolicy","default":"keep","examples":["keep"]},"rules":{"description":"The first rule whose path matches counts.","type":"array","maxItems":256,"items":{"type":"object","additionalProperties":false,"required":["path","policy"],"properties":{"path":{"description":"Glob of paths in the rack: `*` and `?` within a name, `**` for any number of names.","$ref":"#/$defs/rackPath","examples":["/usr/**"]},"policy":{"description":"What to do about a match. `keep` allows also what would fail by default.","$ref":"#/$defs/shadowPolicy","examples":["fail"]}}},"default":[],"examples":[[{"path":"/usr/**","policy":"fail"}]]}}}}},"shadowPolicy":{"description":"`keep` the file of the writable layer, `fail` the rollout where it hides what the new image brings, `drop` the file at the swap so that the image's is seen, or `refresh` it: of a file that has the running image's content still, the new image's content is seen, with what was changed here of its owner, mode and attributes; for everything else as if nothing was said. What is dropped or refreshed is set aside, and put back by a rollback.","enum":["keep","fail","drop","refresh"]}}};
const schema32 = {"description":"Lower-case letter, then lower-case letters, digits and hyphens; 32 characters at most.","type":"string","maxLength":32,"pattern":"^[a-z][a-z0-9-]{0,31}$"};
const schema33 = {"description":"A plain file name of letters, digits and `. _ + ~ -`; 200 characters at most.","type":"string","maxLength":200,"pattern":"^[A-Za-z0-9_][A-Za-z0-9._+~-]*$"};
const schema34 = {"description":"64 hex digits.","type":"string","maxLength":71,"pattern":"^(sha256:)?[0-9a-fA-F]{64}$"};
const func1 = Object.prototype.hasOwnProperty;
const func2 = (ucs2lengthModule.default ?? ucs2lengthModule);
const func0 = (equalModule.default ?? equalModule);
const pattern4 = new RegExp("^[a-z][a-z0-9-]{0,31}$", "u");
const pattern5 = new RegExp("^[A-Za-z0-9_][A-Za-z0-9._+~-]*$", "u");
const pattern6 = new RegExp("^(sha256:)?[0-9a-fA-F]{64}$", "u");
const schema35 = {"description":"Names and values, both text; at least one.","type":"object","minProperties":1,"maxProperties":64,"propertyNames":{"$ref":"#/$defs/labelName"},"additionalProperties":{"$ref":"#/$defs/labelValue"}};
const schema36 = {"description":"Letters, digits and `. _ / -`, beginning with a letter; 63 characters at most.","type":"string","maxLength":63,"pattern":"^[A-Za-z][A-Za-z0-9._/-]*$"};
const schema37 = {"description":"Text of 63 characters at most.","type":"string","maxLength":63};
const pattern7 = new RegExp("^[A-Za-z][A-Za-z0-9._/-]*$", "u");

function validate21(data, {instancePath="", parentData, parentDataProperty, rootData=data, dynamicAnchors={}}={}){
let vErrors = null;
let errors = 0;
const evaluated0 = validate21.evaluated;
if(evaluated0.dynamicProps){
evaluated0.props = undefined;
}
if(evaluated0.dynamicItems){
evaluated0.items = undefined;
}
if(data && typeof data == "object" && !Array.isArray(data)){
if(Object.keys(data).length > 64){
const err0 = {instancePath,schemaPath:"#/maxProperties",keyword:"maxProperties",params:{limit: 64},message:"must NOT have more than 64 properties",schema:64,parentSchema:schema35,data};
if(vErrors === null){
vErrors = [err0];
}
else {
vErrors.push(err0);
}
errors++;
}
if(Object.keys(data).length < 1){
const err1 = {instancePath,schemaPath:"#/minProperties",keyword:"minProperties",params:{limit: 1},message:"must NOT have fewer than 1 properties",schema:1,parentSchema:schema35,data};
if(vErrors === null){
vErrors = [err1];
}
else {
vErrors.push(err1);
}
errors++;
}
for(const key0 in data){
const _errs1 = errors;
if(typeof key0 === "string"){
if(func2(key0) > 63){
const err2 = {instancePath,schemaPath:"#/$defs/labelName/maxLength",keyword:"maxLength",params:{limit: 63},message:"must NOT have more than 63 characters",schema:63,parentSchema:schema36,data:key0,propertyName:key0};
if(vErrors === null){
vErrors = [err2];
}
else {
vErrors.push(err2);
}
errors++;
}
if(!pattern7.test(key0)){
const err3 = {instancePath,schemaPath:"#/$defs/labelName/pattern",keyword:"pattern",params:{pattern: "^[A-Za-z][A-Za-z0-9._/-]*$"},message:"must match pattern \""+"^[A-Za-z][A-Za-z0-9._/-]*$"+"\"",schema:"^[A-Za-z][A-Za-z0-9._/-]*$",parentSchema:schema36,data:key0,propertyName:key0};
if(vErrors === null){
vErrors = [err3];
}
else {
vErrors.push(err3);
}
errors++;
}
}
else {
const err4 = {instancePath,schemaPath:"#/$defs/labelName/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema36.type,parentSchema:schema36,data:key0,propertyName:key0};
if(vErrors === null){
vErrors = [err4];
}
else {
vErrors.push(err4);
}
errors++;
}
var valid0 = _errs1 === errors;
if(!valid0){
const err5 = {instancePath,schemaPath:"#/propertyNames",keyword:"propertyNames",params:{propertyName: key0},message:"property name must be valid",schema:schema35.propertyNames,parentSchema:schema35,data};
if(vErrors === null){
vErrors = [err5];
}
else {
vErrors.push(err5);
}
errors++;
}
}
for(const key1 in data){
let data0 = data[key1];
if(typeof data0 === "string"){
if(func2(data0) > 63){
const err6 = {instancePath:instancePath+"/" + key1.replace(/~/g, "~0").replace(/\//g, "~1"),schemaPath:"#/$defs/labelValue/maxLength",keyword:"maxLength",params:{limit: 63},message:"must NOT have more than 63 characters",schema:63,parentSchema:schema37,data:data0};
if(vErrors === null){
vErrors = [err6];
}
else {
vErrors.push(err6);
}
errors++;
}
}
else {
const err7 = {instancePath:instancePath+"/" + key1.replace(/~/g, "~0").replace(/\//g, "~1"),schemaPath:"#/$defs/labelValue/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema37.type,parentSchema:schema37,data:data0};
if(vErrors === null){
vErrors = [err7];
}
else {
vErrors.push(err7);
}
errors++;
}
}
}
else {
const err8 = {instancePath,schemaPath:"#/type",keyword:"type",params:{type: "object"},message:"must be object",schema:schema35.type,parentSchema:schema35,data};
if(vErrors === null){
vErrors = [err8];
}
else {
vErrors.push(err8);
}
errors++;
}
validate21.errors = vErrors;
return errors === 0;
}
validate21.evaluated = {"props":true,"dynamicProps":false,"dynamicItems":false};

const schema39 = {"description":"Environment variables.","type":"object","maxProperties":256,"propertyNames":{"$ref":"#/$defs/envName"},"additionalProperties":{"$ref":"#/$defs/envValue"}};
const schema40 = {"description":"Letters, digits and underscores, not beginning with a digit.","type":"string","maxLength":128,"pattern":"^[A-Za-z_][A-Za-z0-9_]*$"};
const pattern9 = new RegExp("^[A-Za-z_][A-Za-z0-9_]*$", "u");
const schema41 = {"description":"Text (numbers in quotes), or `{fromHostFile: /path}`: the content of a host file, read when the service is started and never stored.","anyOf":[{"type":"string","maxLength":32768},{"type":"object","additionalProperties":false,"required":["fromHostFile"],"properties":{"fromHostFile":{"description":"File of the host within `allow.secrets`; one line end at its end is dropped.","$ref":"#/$defs/hostPath","examples":["/etc/rackops/secrets/db"]}}}]};
const schema42 = {"description":"Absolute path on the host, without `.`, `..` and empty parts.","type":"string","maxLength":4095,"pattern":"^/"};
const pattern10 = new RegExp("^/", "u");

function validate24(data, {instancePath="", parentData, parentDataProperty, rootData=data, dynamicAnchors={}}={}){
let vErrors = null;
let errors = 0;
const evaluated0 = validate24.evaluated;
if(evaluated0.dynamicProps){
evaluated0.props = undefined;
}
if(evaluated0.dynamicItems){
evaluated0.items = undefined;
}
const _errs0 = errors;
let valid0 = false;
const _errs1 = errors;
if(typeof data === "string"){
if(func2(data) > 32768){
const err0 = {instancePath,schemaPath:"#/anyOf/0/maxLength",keyword:"maxLength",params:{limit: 32768},message:"must NOT have more than 32768 characters",schema:32768,parentSchema:schema41.anyOf[0],data};
if(vErrors === null){
vErrors = [err0];
}
else {
vErrors.push(err0);
}
errors++;
}
}
else {
const err1 = {instancePath,schemaPath:"#/anyOf/0/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema41.anyOf[0].type,parentSchema:schema41.anyOf[0],data};
if(vErrors === null){
vErrors = [err1];
}
else {
vErrors.push(err1);
}
errors++;
}
var _valid0 = _errs1 === errors;
valid0 = valid0 || _valid0;
const _errs3 = errors;
if(data && typeof data == "object" && !Array.isArray(data)){
if(data.fromHostFile === undefined){
const err2 = {instancePath,schemaPath:"#/anyOf/1/required",keyword:"required",params:{missingProperty: "fromHostFile"},message:"must have required property '"+"fromHostFile"+"'",schema:schema41.anyOf[1].required,parentSchema:schema41.anyOf[1],data};
if(vErrors === null){
vErrors = [err2];
}
else {
vErrors.push(err2);
}
errors++;
}
for(const key0 in data){
if(!(key0 === "fromHostFile")){
const err3 = {instancePath,schemaPath:"#/anyOf/1/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key0},message:"must NOT have additional properties",schema:false,parentSchema:schema41.anyOf[1],data};
if(vErrors === null){
vErrors = [err3];
}
else {
vErrors.push(err3);
}
errors++;
}
}
if(data.fromHostFile !== undefined){
let data0 = data.fromHostFile;
if(typeof data0 === "string"){
if(func2(data0) > 4095){
const err4 = {instancePath:instancePath+"/fromHostFile",schemaPath:"#/$defs/hostPath/maxLength",keyword:"maxLength",params:{limit: 4095},message:"must NOT have more than 4095 characters",schema:4095,parentSchema:schema42,data:data0};
if(vErrors === null){
vErrors = [err4];
}
else {
vErrors.push(err4);
}
errors++;
}
if(!pattern10.test(data0)){
const err5 = {instancePath:instancePath+"/fromHostFile",schemaPath:"#/$defs/hostPath/pattern",keyword:"pattern",params:{pattern: "^/"},message:"must match pattern \""+"^/"+"\"",schema:"^/",parentSchema:schema42,data:data0};
if(vErrors === null){
vErrors = [err5];
}
else {
vErrors.push(err5);
}
errors++;
}
}
else {
const err6 = {instancePath:instancePath+"/fromHostFile",schemaPath:"#/$defs/hostPath/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema42.type,parentSchema:schema42,data:data0};
if(vErrors === null){
vErrors = [err6];
}
else {
vErrors.push(err6);
}
errors++;
}
}
}
else {
const err7 = {instancePath,schemaPath:"#/anyOf/1/type",keyword:"type",params:{type: "object"},message:"must be object",schema:schema41.anyOf[1].type,parentSchema:schema41.anyOf[1],data};
if(vErrors === null){
vErrors = [err7];
}
else {
vErrors.push(err7);
}
errors++;
}
var _valid0 = _errs3 === errors;
valid0 = valid0 || _valid0;
if(_valid0){
var props0 = true;
}
if(!valid0){
const err8 = {instancePath,schemaPath:"#/anyOf",keyword:"anyOf",params:{},message:"must match a schema in anyOf",schema:schema41.anyOf,parentSchema:schema41,data};
if(vErrors === null){
vErrors = [err8];
}
else {
vErrors.push(err8);
}
errors++;
}
else {
errors = _errs0;
if(vErrors !== null){
if(_errs0){
vErrors.length = _errs0;
}
else {
vErrors = null;
}
}
}
validate24.errors = vErrors;
evaluated0.props = props0;
return errors === 0;
}
validate24.evaluated = {"dynamicProps":true,"dynamicItems":false};


function validate23(data, {instancePath="", parentData, parentDataProperty, rootData=data, dynamicAnchors={}}={}){
let vErrors = null;
let errors = 0;
const evaluated0 = validate23.evaluated;
if(evaluated0.dynamicProps){
evaluated0.props = undefined;
}
if(evaluated0.dynamicItems){
evaluated0.items = undefined;
}
if(data && typeof data == "object" && !Array.isArray(data)){
if(Object.keys(data).length > 256){
const err0 = {instancePath,schemaPath:"#/maxProperties",keyword:"maxProperties",params:{limit: 256},message:"must NOT have more than 256 properties",schema:256,parentSchema:schema39,data};
if(vErrors === null){
vErrors = [err0];
}
else {
vErrors.push(err0);
}
errors++;
}
for(const key0 in data){
const _errs1 = errors;
if(typeof key0 === "string"){
if(func2(key0) > 128){
const err1 = {instancePath,schemaPath:"#/$defs/envName/maxLength",keyword:"maxLength",params:{limit: 128},message:"must NOT have more than 128 characters",schema:128,parentSchema:schema40,data:key0,propertyName:key0};
if(vErrors === null){
vErrors = [err1];
}
else {
vErrors.push(err1);
}
errors++;
}
if(!pattern9.test(key0)){
const err2 = {instancePath,schemaPath:"#/$defs/envName/pattern",keyword:"pattern",params:{pattern: "^[A-Za-z_][A-Za-z0-9_]*$"},message:"must match pattern \""+"^[A-Za-z_][A-Za-z0-9_]*$"+"\"",schema:"^[A-Za-z_][A-Za-z0-9_]*$",parentSchema:schema40,data:key0,propertyName:key0};
if(vErrors === null){
vErrors = [err2];
}
else {
vErrors.push(err2);
}
errors++;
}
}
else {
const err3 = {instancePath,schemaPath:"#/$defs/envName/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema40.type,parentSchema:schema40,data:key0,propertyName:key0};
if(vErrors === null){
vErrors = [err3];
}
else {
vErrors.push(err3);
}
errors++;
}
var valid0 = _errs1 === errors;
if(!valid0){
const err4 = {instancePath,schemaPath:"#/propertyNames",keyword:"propertyNames",params:{propertyName: key0},message:"property name must be valid",schema:schema39.propertyNames,parentSchema:schema39,data};
if(vErrors === null){
vErrors = [err4];
}
else {
vErrors.push(err4);
}
errors++;
}
}
for(const key1 in data){
if(!(validate24(data[key1], {instancePath:instancePath+"/" + key1.replace(/~/g, "~0").replace(/\//g, "~1"),parentData:data,parentDataProperty:key1,rootData,dynamicAnchors}))){
vErrors = vErrors === null ? validate24.errors : vErrors.concat(validate24.errors);
errors = vErrors.length;
}
}
}
else {
const err5 = {instancePath,schemaPath:"#/type",keyword:"type",params:{type: "object"},message:"must be object",schema:schema39.type,parentSchema:schema39,data};
if(vErrors === null){
vErrors = [err5];
}
else {
vErrors.push(err5);
}
errors++;
}
validate23.errors = vErrors;
return errors === 0;
}
validate23.evaluated = {"props":true,"dynamicProps":false,"dynamicItems":false};

const schema43 = {"description":"One directory of the host in the rack.","type":"object","additionalProperties":false,"required":["source","target"],"properties":{"source":{"description":"Directory on the host; must exist there.","$ref":"#/$defs/hostPath","examples":["/var/share"]},"target":{"description":"Where it appears in the rack. Not `/`, and not in `/proc`, `/sys` or `/dev`.","$ref":"#/$defs/rackPath","examples":["/var/share"]},"readOnly":{"description":"The rack cannot write to it.","type":"boolean","default":false,"examples":[true]},"rehearse":{"description":"What a rehearsal sees there: `readOnly`, a read-only view in which live unix sockets answer nobody; `empty`, an empty directory that is thrown away; `share`, the real thing: what the new version writes or says there is real.","enum":["readOnly","empty","share"],"default":"readOnly","examples":["empty"]}}};
const schema45 = {"description":"Absolute path as a process in the rack sees it, without `.`, `..` and empty parts.","type":"string","maxLength":4095,"pattern":"^/"};

function validate27(data, {instancePath="", parentData, parentDataProperty, rootData=data, dynamicAnchors={}}={}){
let vErrors = null;
let errors = 0;
const evaluated0 = validate27.evaluated;
if(evaluated0.dynamicProps){
evaluated0.props = undefined;
}
if(evaluated0.dynamicItems){
evaluated0.items = undefined;
}
if(data && typeof data == "object" && !Array.isArray(data)){
if(data.source === undefined){
const err0 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "source"},message:"must have required property '"+"source"+"'",schema:schema43.required,parentSchema:schema43,data};
if(vErrors === null){
vErrors = [err0];
}
else {
vErrors.push(err0);
}
errors++;
}
if(data.target === undefined){
const err1 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "target"},message:"must have required property '"+"target"+"'",schema:schema43.required,parentSchema:schema43,data};
if(vErrors === null){
vErrors = [err1];
}
else {
vErrors.push(err1);
}
errors++;
}
for(const key0 in data){
if(!((((key0 === "source") || (key0 === "target")) || (key0 === "readOnly")) || (key0 === "rehearse"))){
const err2 = {instancePath,schemaPath:"#/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key0},message:"must NOT have additional properties",schema:false,parentSchema:schema43,data};
if(vErrors === null){
vErrors = [err2];
}
else {
vErrors.push(err2);
}
errors++;
}
}
if(data.source !== undefined){
let data0 = data.source;
if(typeof data0 === "string"){
if(func2(data0) > 4095){
const err3 = {instancePath:instancePath+"/source",schemaPath:"#/$defs/hostPath/maxLength",keyword:"maxLength",params:{limit: 4095},message:"must NOT have more than 4095 characters",schema:4095,parentSchema:schema42,data:data0};
if(vErrors === null){
vErrors = [err3];
}
else {
vErrors.push(err3);
}
errors++;
}
if(!pattern10.test(data0)){
const err4 = {instancePath:instancePath+"/source",schemaPath:"#/$defs/hostPath/pattern",keyword:"pattern",params:{pattern: "^/"},message:"must match pattern \""+"^/"+"\"",schema:"^/",parentSchema:schema42,data:data0};
if(vErrors === null){
vErrors = [err4];
}
else {
vErrors.push(err4);
}
errors++;
}
}
else {
const err5 = {instancePath:instancePath+"/source",schemaPath:"#/$defs/hostPath/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema42.type,parentSchema:schema42,data:data0};
if(vErrors === null){
vErrors = [err5];
}
else {
vErrors.push(err5);
}
errors++;
}
}
if(data.target !== undefined){
let data1 = data.target;
if(typeof data1 === "string"){
if(func2(data1) > 4095){
const err6 = {instancePath:instancePath+"/target",schemaPath:"#/$defs/rackPath/maxLength",keyword:"maxLength",params:{limit: 4095},message:"must NOT have more than 4095 characters",schema:4095,parentSchema:schema45,data:data1};
if(vErrors === null){
vErrors = [err6];
}
else {
vErrors.push(err6);
}
errors++;
}
if(!pattern10.test(data1)){
const err7 = {instancePath:instancePath+"/target",schemaPath:"#/$defs/rackPath/pattern",keyword:"pattern",params:{pattern: "^/"},message:"must match pattern \""+"^/"+"\"",schema:"^/",parentSchema:schema45,data:data1};
if(vErrors === null){
vErrors = [err7];
}
else {
vErrors.push(err7);
}
errors++;
}
}
else {
const err8 = {instancePath:instancePath+"/target",schemaPath:"#/$defs/rackPath/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema45.type,parentSchema:schema45,data:data1};
if(vErrors === null){
vErrors = [err8];
}
else {
vErrors.push(err8);
}
errors++;
}
}
if(data.readOnly !== undefined){
let data2 = data.readOnly;
if(typeof data2 !== "boolean"){
const err9 = {instancePath:instancePath+"/readOnly",schemaPath:"#/properties/readOnly/type",keyword:"type",params:{type: "boolean"},message:"must be boolean",schema:schema43.properties.readOnly.type,parentSchema:schema43.properties.readOnly,data:data2};
if(vErrors === null){
vErrors = [err9];
}
else {
vErrors.push(err9);
}
errors++;
}
}
if(data.rehearse !== undefined){
let data3 = data.rehearse;
if(!(((data3 === "readOnly") || (data3 === "empty")) || (data3 === "share"))){
const err10 = {instancePath:instancePath+"/rehearse",schemaPath:"#/properties/rehearse/enum",keyword:"enum",params:{allowedValues: schema43.properties.rehearse.enum},message:"must be equal to one of the allowed values",schema:schema43.properties.rehearse.enum,parentSchema:schema43.properties.rehearse,data:data3};
if(vErrors === null){
vErrors = [err10];
}
else {
vErrors.push(err10);
}
errors++;
}
}
}
else {
const err11 = {instancePath,schemaPath:"#/type",keyword:"type",params:{type: "object"},message:"must be object",schema:schema43.type,parentSchema:schema43,data};
if(vErrors === null){
vErrors = [err11];
}
else {
vErrors.push(err11);
}
errors++;
}
validate27.errors = vErrors;
return errors === 0;
}
validate27.evaluated = {"props":true,"dynamicProps":false,"dynamicItems":false};

const schema46 = {"description":"One file of the repository in the rack.","type":"object","additionalProperties":false,"required":["path","source"],"properties":{"path":{"description":"Where it appears in the rack, read-only.","$ref":"#/$defs/rackPath","examples":["/etc/nginx/conf.d/site.conf"]},"source":{"description":"File in the repository, 1 MiB at most; looked for from the repository's root, then beside the definition.","$ref":"#/$defs/repositoryPath","examples":["files/site.conf"]},"mode":{"description":"Permission bits, three octal digits, in quotes; `0o644` is understood too.","$ref":"#/$defs/mode","default":"0644","examples":["0644"]}}};
const schema48 = {"description":"Path in the repository, without `.`, `..` and empty parts.","type":"string","minLength":1,"maxLength":1024,"pattern":"^[^/]"};
const schema49 = {"description":"Permission bits.","anyOf":[{"type":"string","maxLength":4,"pattern":"^0?[0-7]{3}$"},{"type":"integer","minimum":0,"maximum":511}]};
const pattern14 = new RegExp("^[^/]", "u");
const pattern15 = new RegExp("^0?[0-7]{3}$", "u");

function validate29(data, {instancePath="", parentData, parentDataProperty, rootData=data, dynamicAnchors={}}={}){
let vErrors = null;
let errors = 0;
const evaluated0 = validate29.evaluated;
if(evaluated0.dynamicProps){
evaluated0.props = undefined;
}
if(evaluated0.dynamicItems){
evaluated0.items = undefined;
}
if(data && typeof data == "object" && !Array.isArray(data)){
if(data.path === undefined){
const err0 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "path"},message:"must have required property '"+"path"+"'",schema:schema46.required,parentSchema:schema46,data};
if(vErrors === null){
vErrors = [err0];
}
else {
vErrors.push(err0);
}
errors++;
}
if(data.source === undefined){
const err1 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "source"},message:"must have required property '"+"source"+"'",schema:schema46.required,parentSchema:schema46,data};
if(vErrors === null){
vErrors = [err1];
}
else {
vErrors.push(err1);
}
errors++;
}
for(const key0 in data){
if(!(((key0 === "path") || (key0 === "source")) || (key0 === "mode"))){
const err2 = {instancePath,schemaPath:"#/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key0},message:"must NOT have additional properties",schema:false,parentSchema:schema46,data};
if(vErrors === null){
vErrors = [err2];
}
else {
vErrors.push(err2);
}
errors++;
}
}
if(data.path !== undefined){
let data0 = data.path;
if(typeof data0 === "string"){
if(func2(data0) > 4095){
const err3 = {instancePath:instancePath+"/path",schemaPath:"#/$defs/rackPath/maxLength",keyword:"maxLength",params:{limit: 4095},message:"must NOT have more than 4095 characters",schema:4095,parentSchema:schema45,data:data0};
if(vErrors === null){
vErrors = [err3];
}
else {
vErrors.push(err3);
}
errors++;
}
if(!pattern10.test(data0)){
const err4 = {instancePath:instancePath+"/path",schemaPath:"#/$defs/rackPath/pattern",keyword:"pattern",params:{pattern: "^/"},message:"must match pattern \""+"^/"+"\"",schema:"^/",parentSchema:schema45,data:data0};
if(vErrors === null){
vErrors = [err4];
}
else {
vErrors.push(err4);
}
errors++;
}
}
else {
const err5 = {instancePath:instancePath+"/path",schemaPath:"#/$defs/rackPath/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema45.type,parentSchema:schema45,data:data0};
if(vErrors === null){
vErrors = [err5];
}
else {
vErrors.push(err5);
}
errors++;
}
}
if(data.source !== undefined){
let data1 = data.source;
if(typeof data1 === "string"){
if(func2(data1) > 1024){
const err6 = {instancePath:instancePath+"/source",schemaPath:"#/$defs/repositoryPath/maxLength",keyword:"maxLength",params:{limit: 1024},message:"must NOT have more than 1024 characters",schema:1024,parentSchema:schema48,data:data1};
if(vErrors === null){
vErrors = [err6];
}
else {
vErrors.push(err6);
}
errors++;
}
if(func2(data1) < 1){
const err7 = {instancePath:instancePath+"/source",schemaPath:"#/$defs/repositoryPath/minLength",keyword:"minLength",params:{limit: 1},message:"must NOT have fewer than 1 characters",schema:1,parentSchema:schema48,data:data1};
if(vErrors === null){
vErrors = [err7];
}
else {
vErrors.push(err7);
}
errors++;
}
if(!pattern14.test(data1)){
const err8 = {instancePath:instancePath+"/source",schemaPath:"#/$defs/repositoryPath/pattern",keyword:"pattern",params:{pattern: "^[^/]"},message:"must match pattern \""+"^[^/]"+"\"",schema:"^[^/]",parentSchema:schema48,data:data1};
if(vErrors === null){
vErrors = [err8];
}
else {
vErrors.push(err8);
}
errors++;
}
}
else {
const err9 = {instancePath:instancePath+"/source",schemaPath:"#/$defs/repositoryPath/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema48.type,parentSchema:schema48,data:data1};
if(vErrors === null){
vErrors = [err9];
}
else {
vErrors.push(err9);
}
errors++;
}
}
if(data.mode !== undefined){
let data2 = data.mode;
const _errs10 = errors;
let valid4 = false;
const _errs11 = errors;
if(typeof data2 === "string"){
if(func2(data2) > 4){
const err10 = {instancePath:instancePath+"/mode",schemaPath:"#/$defs/mode/anyOf/0/maxLength",keyword:"maxLength",params:{limit: 4},message:"must NOT have more than 4 characters",schema:4,parentSchema:schema49.anyOf[0],data:data2};
if(vErrors === null){
vErrors = [err10];
}
else {
vErrors.push(err10);
}
errors++;
}
if(!pattern15.test(data2)){
const err11 = {instancePath:instancePath+"/mode",schemaPath:"#/$defs/mode/anyOf/0/pattern",keyword:"pattern",params:{pattern: "^0?[0-7]{3}$"},message:"must match pattern \""+"^0?[0-7]{3}$"+"\"",schema:"^0?[0-7]{3}$",parentSchema:schema49.anyOf[0],data:data2};
if(vErrors === null){
vErrors = [err11];
}
else {
vErrors.push(err11);
}
errors++;
}
}
else {
const err12 = {instancePath:instancePath+"/mode",schemaPath:"#/$defs/mode/anyOf/0/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema49.anyOf[0].type,parentSchema:schema49.anyOf[0],data:data2};
if(vErrors === null){
vErrors = [err12];
}
else {
vErrors.push(err12);
}
errors++;
}
var _valid0 = _errs11 === errors;
valid4 = valid4 || _valid0;
const _errs13 = errors;
if(!(((typeof data2 == "number") && (!(data2 % 1) && !isNaN(data2))) && (isFinite(data2)))){
const err13 = {instancePath:instancePath+"/mode",schemaPath:"#/$defs/mode/anyOf/1/type",keyword:"type",params:{type: "integer"},message:"must be integer",schema:schema49.anyOf[1].type,parentSchema:schema49.anyOf[1],data:data2};
if(vErrors === null){
vErrors = [err13];
}
else {
vErrors.push(err13);
}
errors++;
}
if((typeof data2 == "number") && (isFinite(data2))){
if(data2 > 511 || isNaN(data2)){
const err14 = {instancePath:instancePath+"/mode",schemaPath:"#/$defs/mode/anyOf/1/maximum",keyword:"maximum",params:{comparison: "<=", limit: 511},message:"must be <= 511",schema:511,parentSchema:schema49.anyOf[1],data:data2};
if(vErrors === null){
vErrors = [err14];
}
else {
vErrors.push(err14);
}
errors++;
}
if(data2 < 0 || isNaN(data2)){
const err15 = {instancePath:instancePath+"/mode",schemaPath:"#/$defs/mode/anyOf/1/minimum",keyword:"minimum",params:{comparison: ">=", limit: 0},message:"must be >= 0",schema:0,parentSchema:schema49.anyOf[1],data:data2};
if(vErrors === null){
vErrors = [err15];
}
else {
vErrors.push(err15);
}
errors++;
}
}
var _valid0 = _errs13 === errors;
valid4 = valid4 || _valid0;
if(!valid4){
const err16 = {instancePath:instancePath+"/mode",schemaPath:"#/$defs/mode/anyOf",keyword:"anyOf",params:{},message:"must match a schema in anyOf",schema:schema49.anyOf,parentSchema:schema49,data:data2};
if(vErrors === null){
vErrors = [err16];
}
else {
vErrors.push(err16);
}
errors++;
}
else {
errors = _errs10;
if(vErrors !== null){
if(_errs10){
vErrors.length = _errs10;
}
else {
vErrors = null;
}
}
}
}
}
else {
const err17 = {instancePath,schemaPath:"#/type",keyword:"type",params:{type: "object"},message:"must be object",schema:schema46.type,parentSchema:schema46,data};
if(vErrors === null){
vErrors = [err17];
}
else {
vErrors.push(err17);
}
errors++;
}
validate29.errors = vErrors;
return errors === 0;
}
validate29.evaluated = {"props":true,"dynamicProps":false,"dynamicItems":false};

const schema51 = {"description":"One process of the rack. It is process 1 of a namespace of its own.","type":"object","additionalProperties":false,"required":["command"],"properties":{"command":{"description":"Program and arguments, as a list; the program is looked up in PATH inside the rack. It must stay in the foreground.","$ref":"#/$defs/command","examples":[["nginx","-g","daemon off;"]]},"user":{"description":"User name, or `uid` or `uid:gid`; names are looked up in the rack.","$ref":"#/$defs/user","default":"root","examples":["www-data"]},"workdir":{"description":"Working directory in the rack.","$ref":"#/$defs/rackPath","default":"/","examples":["/srv/app"]},"env":{"description":"Environment variables of this service, over those of the rack. PATH is set unless you set it.","$ref":"#/$defs/env","default":{},"examples":[{"NGINX":"3;"}]},"listen":{"description":"TCP addresses and unix sockets that are opened for the service and handed to it as file descriptors from 3 on, in this order (LISTEN_FDS). They stay open while versions change.","type":"array","maxItems":16,"items":{"$ref":"#/$defs/listenEntry"},"default":[],"examples":[["0.0.0.0:80",{"unix":"/var/share/app.sock","owner":"33:33"}]]},"stop":{"description":"How the service is asked to end.","type":"object","additionalProperties":false,"properties":{"signal":{"description":"Signal that is sent first, without `SIG`.","$ref":"#/$defs/signal","default":"TERM","examples":["QUIT"]},"timeout":{"description":"How long to wait before everything that is left of the service is killed; 1s to 10m.","$ref":"#/$defs/duration","default":"10s","examples":["30s"]}}},"restart":{"description":"What happens when the service ends by itself.","type":"object","additionalProperties":false,"properties":{"policy":{"description":"`always`, `on-failure` (not after exit code 0) or `never`.","enum":["always","on-failure","never"],"default":"always","examples":["on-failure"]},"delay":{"description":"Wait before the first restart, doubled at each further one; 100ms to 1h.","$ref":"#/$defs/duration","default":"1s","examples":["1s"]},"maxDelay":{"description":"The longest wait between two restarts; at least `delay`, 1h at most.","$ref":"#/$defs/duration","default":"30s","examples":["5m"]},"onUnhealthy":{"description":"Restart the service also when its probe says unhealthy (it hangs) after the rollout is committed.","type":"boolean","default":false,"examples":[true]}}},"dependsOn":{"description":"Services of this rack that are started before this one and stopped after it.","type":"array","maxItems":32,"uniqueItems":true,"items":{"$ref":"#/$defs/name"},"default":[],"examples":[["database"]]},"health":{"description":"How to find out whether the service works. Without it, it only has to stay up.","$ref":"#/$defs/health"},"capabilities":{"description":"Linux capabilities of the service, with or without `CAP_`, within the host's `allow.capabilities`. An empty list: none.","type":"array","maxItems":41,"uniqueItems":true,"items":{"$ref":"#/$defs/capability"},"default":["CHOWN","DAC_OVERRIDE","FOWNER","KILL","NET_BIND_SERVICE","SETGID","SETUID"],"examples":[["NET_BIND_SERVICE"]]},"resources":{"description":"Limits, where the host's control groups allow them.","type":"object","additionalProperties":false,"properties":{"memory":{"description":"Most memory, in KiB, MiB or GiB; no limit when absent.","$ref":"#/$defs/memory","examples":["512MiB"]},"cpus":{"description":"Most processor time, in processors; no limit when absent.","type":"number","minimum":0.01,"maximum":1024,"examples":[1.5]},"pids":{"description":"Most processes and threads; no limit when absent.","type":"integer","minimum":1,"maximum":4194304,"examples":[256]}}}}};
const schema52 = {"description":"Program and arguments, as a list: no shell takes part.","type":"array","minItems":1,"maxItems":256,"items":{"type":"string","maxLength":32768}};
const schema53 = {"description":"User name, uid, or `uid:gid`.","anyOf":[{"type":"string","maxLength":32,"pattern":"^([A-Za-z_][A-Za-z0-9_.-]*|[0-9]{1,10}(:[0-9]{1,10})?)$"},{"type":"integer","minimum":0,"maximum":4294967294}]};
const schema60 = {"description":"Name of a signal, without `SIG`.","enum":["TERM","QUIT","INT","HUP","USR1","USR2","WINCH","KILL"]};
const schema61 = {"description":"A number with its unit: `ms`, `s`, `m` or `h`.","type":"string","maxLength":16,"pattern":"^[0-9]{1,9}(\\.[0-9]{1,3})?(ms|s|m|h)$"};
const schema74 = {"description":"Name of a Linux capability, with or without `CAP_`.","type":"string","maxLength":40,"pattern":"^(CAP_)?[A-Z][A-Z_]*$"};
const schema75 = {"description":"A whole number with its unit: `KiB`, `MiB` or `GiB`.","type":"string","maxLength":16,"pattern":"^[1-9][0-9]{0,8}(KiB|MiB|GiB)$"};
const pattern17 = new RegExp("^([A-Za-z_][A-Za-z0-9_.-]*|[0-9]{1,10}(:[0-9]{1,10})?)$", "u");
const pattern23 = new RegExp("^[0-9]{1,9}(\\.[0-9]{1,3})?(ms|s|m|h)$", "u");
const pattern33 = new RegExp("^(CAP_)?[A-Z][A-Z_]*$", "u");
const pattern34 = new RegExp("^[1-9][0-9]{0,8}(KiB|MiB|GiB)$", "u");
const schema55 = {"description":"`address:port`, or `unix:/path` for a unix socket, or a mapping with one of them and options.","anyOf":[{"type":"string","maxLength":4095},{"type":"object","additionalProperties":false,"properties":{"address":{"description":"`address:port`; IPv6 in brackets. `0.0.0.0` is every IPv4 address, `[::]` every address.","$ref":"#/$defs/listen","examples":["0.0.0.0:80"]},"unix":{"description":"Path of a unix socket on the host, 107 bytes at most, in a directory within `allow.mounts` that exists, has no symbolic link in its path and is on no network file system.","$ref":"#/$defs/hostPath","examples":["/var/share/app.sock"]},"backlog":{"description":"Connections that may wait until the service accepts them, in particular during a swap; the kernel caps it at net.core.somaxconn.","type":"integer","minimum":1,"maximum":65535,"default":4096,"examples":[4096]},"reusePort":{"description":"Set SO_REUSEPORT: programs of root outside of rackops that set it too may listen on the same address. Two racks on one address are refused all the same.","type":"boolean","default":false,"examples":[true]},"v6Only":{"description":"An IPv6 address takes no IPv4 connections; without it `[::]` takes both.","type":"boolean","default":false,"examples":[true]},"mode":{"description":"Permission bits of the unix socket, three octal digits, in quotes; who may write to it may connect.","$ref":"#/$defs/mode","default":"0660","examples":["0660"]},"owner":{"description":"Owner of the unix socket on the host, `uid` or `uid:gid`; the group has the user's number unless it is given.","$ref":"#/$defs/owner","default":"0:0","examples":["33:33"]}}}]};
const schema56 = {"description":"`address:port`; IPv6 in brackets.","type":"string","maxLength":64,"pattern":"^([0-9.]{7,15}|\\[[0-9A-Fa-f:.]{2,45}\\]):[0-9]{1,5}$"};
const schema59 = {"description":"A uid, or `uid:gid`.","anyOf":[{"type":"string","maxLength":21,"pattern":"^[0-9]{1,10}(:[0-9]{1,10})?$"},{"type":"integer","minimum":0,"maximum":4294967294}]};
const pattern19 = new RegExp("^([0-9.]{7,15}|\\[[0-9A-Fa-f:.]{2,45}\\]):[0-9]{1,5}$", "u");
const pattern22 = new RegExp("^[0-9]{1,10}(:[0-9]{1,10})?$", "u");

function validate33(data, {instancePath="", parentData, parentDataProperty, rootData=data, dynamicAnchors={}}={}){
let vErrors = null;
let errors = 0;
const evaluated0 = validate33.evaluated;
if(evaluated0.dynamicProps){
evaluated0.props = undefined;
}
if(evaluated0.dynamicItems){
evaluated0.items = undefined;
}
const _errs0 = errors;
let valid0 = false;
const _errs1 = errors;
if(typeof data === "string"){
if(func2(data) > 4095){
const err0 = {instancePath,schemaPath:"#/anyOf/0/maxLength",keyword:"maxLength",params:{limit: 4095},message:"must NOT have more than 4095 characters",schema:4095,parentSchema:schema55.anyOf[0],data};
if(vErrors === null){
vErrors = [err0];
}
else {
vErrors.push(err0);
}
errors++;
}
}
else {
const err1 = {instancePath,schemaPath:"#/anyOf/0/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema55.anyOf[0].type,parentSchema:schema55.anyOf[0],data};
if(vErrors === null){
vErrors = [err1];
}
else {
vErrors.push(err1);
}
errors++;
}
var _valid0 = _errs1 === errors;
valid0 = valid0 || _valid0;
const _errs3 = errors;
if(data && typeof data == "object" && !Array.isArray(data)){
for(const key0 in data){
if(!(((((((key0 === "address") || (key0 === "unix")) || (key0 === "backlog")) || (key0 === "reusePort")) || (key0 === "v6Only")) || (key0 === "mode")) || (key0 === "owner"))){
const err2 = {instancePath,schemaPath:"#/anyOf/1/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key0},message:"must NOT have additional properties",schema:false,parentSchema:schema55.anyOf[1],data};
if(vErrors === null){
vErrors = [err2];
}
else {
vErrors.push(err2);
}
errors++;
}
}
if(data.address !== undefined){
let data0 = data.address;
if(typeof data0 === "string"){
if(func2(data0) > 64){
const err3 = {instancePath:instancePath+"/address",schemaPath:"#/$defs/listen/maxLength",keyword:"maxLength",params:{limit: 64},message:"must NOT have more than 64 characters",schema:64,parentSchema:schema56,data:data0};
if(vErrors === null){
vErrors = [err3];
}
else {
vErrors.push(err3);
}
errors++;
}
if(!pattern19.test(data0)){
const err4 = {instancePath:instancePath+"/address",schemaPath:"#/$defs/listen/pattern",keyword:"pattern",params:{pattern: "^([0-9.]{7,15}|\\[[0-9A-Fa-f:.]{2,45}\\]):[0-9]{1,5}$"},message:"must match pattern \""+"^([0-9.]{7,15}|\\[[0-9A-Fa-f:.]{2,45}\\]):[0-9]{1,5}$"+"\"",schema:"^([0-9.]{7,15}|\\[[0-9A-Fa-f:.]{2,45}\\]):[0-9]{1,5}$",parentSchema:schema56,data:data0};
if(vErrors === null){
vErrors = [err4];
}
else {
vErrors.push(err4);
}
errors++;
}
}
else {
const err5 = {instancePath:instancePath+"/address",schemaPath:"#/$defs/listen/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema56.type,parentSchema:schema56,data:data0};
if(vErrors === null){
vErrors = [err5];
}
else {
vErrors.push(err5);
}
errors++;
}
}
if(data.unix !== undefined){
let data1 = data.unix;
if(typeof data1 === "string"){
if(func2(data1) > 4095){
const err6 = {instancePath:instancePath+"/unix",schemaPath:"#/$defs/hostPath/maxLength",keyword:"maxLength",params:{limit: 4095},message:"must NOT have more than 4095 characters",schema:4095,parentSchema:schema42,data:data1};
if(vErrors === null){
vErrors = [err6];
}
else {
vErrors.push(err6);
}
errors++;
}
if(!pattern10.test(data1)){
const err7 = {instancePath:instancePath+"/unix",schemaPath:"#/$defs/hostPath/pattern",keyword:"pattern",params:{pattern: "^/"},message:"must match pattern \""+"^/"+"\"",schema:"^/",parentSchema:schema42,data:data1};
if(vErrors === null){
vErrors = [err7];
}
else {
vErrors.push(err7);
}
errors++;
}
}
else {
const err8 = {instancePath:instancePath+"/unix",schemaPath:"#/$defs/hostPath/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema42.type,parentSchema:schema42,data:data1};
if(vErrors === null){
vErrors = [err8];
}
else {
vErrors.push(err8);
}
errors++;
}
}
if(data.backlog !== undefined){
let data2 = data.backlog;
if(!(((typeof data2 == "number") && (!(data2 % 1) && !isNaN(data2))) && (isFinite(data2)))){
const err9 = {instancePath:instancePath+"/backlog",schemaPath:"#/anyOf/1/properties/backlog/type",keyword:"type",params:{type: "integer"},message:"must be integer",schema:schema55.anyOf[1].properties.backlog.type,parentSchema:schema55.anyOf[1].properties.backlog,data:data2};
if(vErrors === null){
vErrors = [err9];
}
else {
vErrors.push(err9);
}
errors++;
}
if((typeof data2 == "number") && (isFinite(data2))){
if(data2 > 65535 || isNaN(data2)){
const err10 = {instancePath:instancePath+"/backlog",schemaPath:"#/anyOf/1/properties/backlog/maximum",keyword:"maximum",params:{comparison: "<=", limit: 65535},message:"must be <= 65535",schema:65535,parentSchema:schema55.anyOf[1].properties.backlog,data:data2};
if(vErrors === null){
vErrors = [err10];
}
else {
vErrors.push(err10);
}
errors++;
}
if(data2 < 1 || isNaN(data2)){
const err11 = {instancePath:instancePath+"/backlog",schemaPath:"#/anyOf/1/properties/backlog/minimum",keyword:"minimum",params:{comparison: ">=", limit: 1},message:"must be >= 1",schema:1,parentSchema:schema55.anyOf[1].properties.backlog,data:data2};
if(vErrors === null){
vErrors = [err11];
}
else {
vErrors.push(err11);
}
errors++;
}
}
}
if(data.reusePort !== undefined){
let data3 = data.reusePort;
if(typeof data3 !== "boolean"){
const err12 = {instancePath:instancePath+"/reusePort",schemaPath:"#/anyOf/1/properties/reusePort/type",keyword:"type",params:{type: "boolean"},message:"must be boolean",schema:schema55.anyOf[1].properties.reusePort.type,parentSchema:schema55.anyOf[1].properties.reusePort,data:data3};
if(vErrors === null){
vErrors = [err12];
}
else {
vErrors.push(err12);
}
errors++;
}
}
if(data.v6Only !== undefined){
let data4 = data.v6Only;
if(typeof data4 !== "boolean"){
const err13 = {instancePath:instancePath+"/v6Only",schemaPath:"#/anyOf/1/properties/v6Only/type",keyword:"type",params:{type: "boolean"},message:"must be boolean",schema:schema55.anyOf[1].properties.v6Only.type,parentSchema:schema55.anyOf[1].properties.v6Only,data:data4};
if(vErrors === null){
vErrors = [err13];
}
else {
vErrors.push(err13);
}
errors++;
}
}
if(data.mode !== undefined){
let data5 = data.mode;
const _errs20 = errors;
let valid5 = false;
const _errs21 = errors;
if(typeof data5 === "string"){
if(func2(data5) > 4){
const err14 = {instancePath:instancePath+"/mode",schemaPath:"#/$defs/mode/anyOf/0/maxLength",keyword:"maxLength",params:{limit: 4},message:"must NOT have more than 4 characters",schema:4,parentSchema:schema49.anyOf[0],data:data5};
if(vErrors === null){
vErrors = [err14];
}
else {
vErrors.push(err14);
}
errors++;
}
if(!pattern15.test(data5)){
const err15 = {instancePath:instancePath+"/mode",schemaPath:"#/$defs/mode/anyOf/0/pattern",keyword:"pattern",params:{pattern: "^0?[0-7]{3}$"},message:"must match pattern \""+"^0?[0-7]{3}$"+"\"",schema:"^0?[0-7]{3}$",parentSchema:schema49.anyOf[0],data:data5};
if(vErrors === null){
vErrors = [err15];
}
else {
vErrors.push(err15);
}
errors++;
}
}
else {
const err16 = {instancePath:instancePath+"/mode",schemaPath:"#/$defs/mode/anyOf/0/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema49.anyOf[0].type,parentSchema:schema49.anyOf[0],data:data5};
if(vErrors === null){
vErrors = [err16];
}
else {
vErrors.push(err16);
}
errors++;
}
var _valid1 = _errs21 === errors;
valid5 = valid5 || _valid1;
const _errs23 = errors;
if(!(((typeof data5 == "number") && (!(data5 % 1) && !isNaN(data5))) && (isFinite(data5)))){
const err17 = {instancePath:instancePath+"/mode",schemaPath:"#/$defs/mode/anyOf/1/type",keyword:"type",params:{type: "integer"},message:"must be integer",schema:schema49.anyOf[1].type,parentSchema:schema49.anyOf[1],data:data5};
if(vErrors === null){
vErrors = [err17];
}
else {
vErrors.push(err17);
}
errors++;
}
if((typeof data5 == "number") && (isFinite(data5))){
if(data5 > 511 || isNaN(data5)){
const err18 = {instancePath:instancePath+"/mode",schemaPath:"#/$defs/mode/anyOf/1/maximum",keyword:"maximum",params:{comparison: "<=", limit: 511},message:"must be <= 511",schema:511,parentSchema:schema49.anyOf[1],data:data5};
if(vErrors === null){
vErrors = [err18];
}
else {
vErrors.push(err18);
}
errors++;
}
if(data5 < 0 || isNaN(data5)){
const err19 = {instancePath:instancePath+"/mode",schemaPath:"#/$defs/mode/anyOf/1/minimum",keyword:"minimum",params:{comparison: ">=", limit: 0},message:"must be >= 0",schema:0,parentSchema:schema49.anyOf[1],data:data5};
if(vErrors === null){
vErrors = [err19];
}
else {
vErrors.push(err19);
}
errors++;
}
}
var _valid1 = _errs23 === errors;
valid5 = valid5 || _valid1;
if(!valid5){
const err20 = {instancePath:instancePath+"/mode",schemaPath:"#/$defs/mode/anyOf",keyword:"anyOf",params:{},message:"must match a schema in anyOf",schema:schema49.anyOf,parentSchema:schema49,data:data5};
if(vErrors === null){
vErrors = [err20];
}
else {
vErrors.push(err20);
}
errors++;
}
else {
errors = _errs20;
if(vErrors !== null){
if(_errs20){
vErrors.length = _errs20;
}
else {
vErrors = null;
}
}
}
}
if(data.owner !== undefined){
let data6 = data.owner;
const _errs27 = errors;
let valid7 = false;
const _errs28 = errors;
if(typeof data6 === "string"){
if(func2(data6) > 21){
const err21 = {instancePath:instancePath+"/owner",schemaPath:"#/$defs/owner/anyOf/0/maxLength",keyword:"maxLength",params:{limit: 21},message:"must NOT have more than 21 characters",schema:21,parentSchema:schema59.anyOf[0],data:data6};
if(vErrors === null){
vErrors = [err21];
}
else {
vErrors.push(err21);
}
errors++;
}
if(!pattern22.test(data6)){
const err22 = {instancePath:instancePath+"/owner",schemaPath:"#/$defs/owner/anyOf/0/pattern",keyword:"pattern",params:{pattern: "^[0-9]{1,10}(:[0-9]{1,10})?$"},message:"must match pattern \""+"^[0-9]{1,10}(:[0-9]{1,10})?$"+"\"",schema:"^[0-9]{1,10}(:[0-9]{1,10})?$",parentSchema:schema59.anyOf[0],data:data6};
if(vErrors === null){
vErrors = [err22];
}
else {
vErrors.push(err22);
}
errors++;
}
}
else {
const err23 = {instancePath:instancePath+"/owner",schemaPath:"#/$defs/owner/anyOf/0/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema59.anyOf[0].type,parentSchema:schema59.anyOf[0],data:data6};
if(vErrors === null){
vErrors = [err23];
}
else {
vErrors.push(err23);
}
errors++;
}
var _valid2 = _errs28 === errors;
valid7 = valid7 || _valid2;
const _errs30 = errors;
if(!(((typeof data6 == "number") && (!(data6 % 1) && !isNaN(data6))) && (isFinite(data6)))){
const err24 = {instancePath:instancePath+"/owner",schemaPath:"#/$defs/owner/anyOf/1/type",keyword:"type",params:{type: "integer"},message:"must be integer",schema:schema59.anyOf[1].type,parentSchema:schema59.anyOf[1],data:data6};
if(vErrors === null){
vErrors = [err24];
}
else {
vErrors.push(err24);
}
errors++;
}
if((typeof data6 == "number") && (isFinite(data6))){
if(data6 > 4294967294 || isNaN(data6)){
const err25 = {instancePath:instancePath+"/owner",schemaPath:"#/$defs/owner/anyOf/1/maximum",keyword:"maximum",params:{comparison: "<=", limit: 4294967294},message:"must be <= 4294967294",schema:4294967294,parentSchema:schema59.anyOf[1],data:data6};
if(vErrors === null){
vErrors = [err25];
}
else {
vErrors.push(err25);
}
errors++;
}
if(data6 < 0 || isNaN(data6)){
const err26 = {instancePath:instancePath+"/owner",schemaPath:"#/$defs/owner/anyOf/1/minimum",keyword:"minimum",params:{comparison: ">=", limit: 0},message:"must be >= 0",schema:0,parentSchema:schema59.anyOf[1],data:data6};
if(vErrors === null){
vErrors = [err26];
}
else {
vErrors.push(err26);
}
errors++;
}
}
var _valid2 = _errs30 === errors;
valid7 = valid7 || _valid2;
if(!valid7){
const err27 = {instancePath:instancePath+"/owner",schemaPath:"#/$defs/owner/anyOf",keyword:"anyOf",params:{},message:"must match a schema in anyOf",schema:schema59.anyOf,parentSchema:schema59,data:data6};
if(vErrors === null){
vErrors = [err27];
}
else {
vErrors.push(err27);
}
errors++;
}
else {
errors = _errs27;
if(vErrors !== null){
if(_errs27){
vErrors.length = _errs27;
}
else {
vErrors = null;
}
}
}
}
}
else {
const err28 = {instancePath,schemaPath:"#/anyOf/1/type",keyword:"type",params:{type: "object"},message:"must be object",schema:schema55.anyOf[1].type,parentSchema:schema55.anyOf[1],data};
if(vErrors === null){
vErrors = [err28];
}
else {
vErrors.push(err28);
}
errors++;
}
var _valid0 = _errs3 === errors;
valid0 = valid0 || _valid0;
if(_valid0){
var props0 = true;
}
if(!valid0){
const err29 = {instancePath,schemaPath:"#/anyOf",keyword:"anyOf",params:{},message:"must match a schema in anyOf",schema:schema55.anyOf,parentSchema:schema55,data};
if(vErrors === null){
vErrors = [err29];
}
else {
vErrors.push(err29);
}
errors++;
}
else {
errors = _errs0;
if(vErrors !== null){
if(_errs0){
vErrors.length = _errs0;
}
else {
vErrors = null;
}
}
}
validate33.errors = vErrors;
evaluated0.props = props0;
return errors === 0;
}
validate33.evaluated = {"dynamicProps":true,"dynamicItems":false};

const schema65 = {"description":"A probe: exactly one of `http`, `tcp` and `exec`.","type":"object","additionalProperties":false,"oneOf":[{"required":["http"],"properties":{"http":true}},{"required":["tcp"],"properties":{"tcp":true}},{"required":["exec"],"properties":{"exec":true}}],"properties":{"http":{"description":"Healthy when an HTTP GET is answered as wanted.","type":"object","additionalProperties":false,"required":["port"],"properties":{"port":{"description":"TCP port to connect to.","$ref":"#/$defs/port","examples":[80]},"host":{"description":"Where to connect to; default: the listen address with that port, else 127.0.0.1.","$ref":"#/$defs/probeHost","examples":["127.0.0.1"]},"path":{"description":"Path and query that are asked for.","type":"string","maxLength":2048,"pattern":"^/[!-~]*$","default":"/","examples":["/up"]},"status":{"description":"The status code that means healthy.","type":"integer","minimum":100,"maximum":599,"default":200,"examples":[200]},"body":{"description":"Regular expression (JavaScript) that must be found in the first 64 KiB of the answer; any answer when absent.","type":"string","minLength":1,"maxLength":512,"examples":["^2\\.0"]}}},"tcp":{"description":"Healthy when a connection is accepted.","type":"object","additionalProperties":false,"required":["port"],"properties":{"port":{"description":"TCP port to connect to.","$ref":"#/$defs/port","examples":[5432]},"host":{"description":"Where to connect to; default: the listen address with that port, else 127.0.0.1.","$ref":"#/$defs/probeHost","examples":["127.0.0.1"]}}},"exec":{"description":"Healthy when a program run in the rack ends with exit code 0.","type":"object","additionalProperties":false,"required":["command"],"properties":{"command":{"description":"Program and arguments, as a list.","$ref":"#/$defs/command","examples":[["pg_isready","-q"]]}}},"interval":{"description":"Time between two probes; 50ms to 1h.","$ref":"#/$defs/duration","default":"2s","examples":["2s"]},"timeout":{"description":"How long one probe may take; 10ms to 5m.","$ref":"#/$defs/duration","default":"1s","examples":["1s"]},"startPeriod":{"description":"Failures do not count for this long after the start, until the first success; 0s to 1h.","$ref":"#/$defs/duration","default":"30s","examples":["30s"]},"healthyAfter":{"description":"Successes in a row that mean healthy.","type":"integer","minimum":1,"maximum":100,"default":2,"examples":[2]},"unhealthyAfter":{"description":"Failures in a row that mean unhealthy.","type":"integer","minimum":1,"maximum":100,"default":3,"examples":[3]}}};
const schema66 = {"description":"TCP port, 1 to 65535.","type":"integer","minimum":1,"maximum":65535};
const schema67 = {"description":"Host name or address that the probe connects to.","type":"string","maxLength":253,"pattern":"^[A-Za-z0-9]([A-Za-z0-9.:-]*[A-Za-z0-9])?$|^::[0-9A-Fa-f:.]*$"};
const pattern27 = new RegExp("^[A-Za-z0-9]([A-Za-z0-9.:-]*[A-Za-z0-9])?$|^::[0-9A-Fa-f:.]*$", "u");
const pattern28 = new RegExp("^/[!-~]*$", "u");

function validate35(data, {instancePath="", parentData, parentDataProperty, rootData=data, dynamicAnchors={}}={}){
let vErrors = null;
let errors = 0;
const evaluated0 = validate35.evaluated;
if(evaluated0.dynamicProps){
evaluated0.props = undefined;
}
if(evaluated0.dynamicItems){
evaluated0.items = undefined;
}
const _errs1 = errors;
let valid0 = false;
let passing0 = null;
const _errs2 = errors;
if(data && typeof data == "object" && !Array.isArray(data)){
if(data.http === undefined){
const err0 = {instancePath,schemaPath:"#/oneOf/0/required",keyword:"required",params:{missingProperty: "http"},message:"must have required property '"+"http"+"'",schema:schema65.oneOf[0].required,parentSchema:schema65.oneOf[0],data};
if(vErrors === null){
vErrors = [err0];
}
else {
vErrors.push(err0);
}
errors++;
}
}
var _valid0 = _errs2 === errors;
if(_valid0){
valid0 = true;
passing0 = 0;
var props0 = {};
props0.http = true;
}
const _errs3 = errors;
if(data && typeof data == "object" && !Array.isArray(data)){
if(data.tcp === undefined){
const err1 = {instancePath,schemaPath:"#/oneOf/1/required",keyword:"required",params:{missingProperty: "tcp"},message:"must have required property '"+"tcp"+"'",schema:schema65.oneOf[1].required,parentSchema:schema65.oneOf[1],data};
if(vErrors === null){
vErrors = [err1];
}
else {
vErrors.push(err1);
}
errors++;
}
}
var _valid0 = _errs3 === errors;
if(_valid0 && valid0){
valid0 = false;
passing0 = [passing0, 1];
}
else {
if(_valid0){
valid0 = true;
passing0 = 1;
if(props0 !== true){
props0 = props0 || {};
props0.tcp = true;
}
}
const _errs4 = errors;
if(data && typeof data == "object" && !Array.isArray(data)){
if(data.exec === undefined){
const err2 = {instancePath,schemaPath:"#/oneOf/2/required",keyword:"required",params:{missingProperty: "exec"},message:"must have required property '"+"exec"+"'",schema:schema65.oneOf[2].required,parentSchema:schema65.oneOf[2],data};
if(vErrors === null){
vErrors = [err2];
}
else {
vErrors.push(err2);
}
errors++;
}
}
var _valid0 = _errs4 === errors;
if(_valid0 && valid0){
valid0 = false;
passing0 = [passing0, 2];
}
else {
if(_valid0){
valid0 = true;
passing0 = 2;
if(props0 !== true){
props0 = props0 || {};
props0.exec = true;
}
}
}
}
if(!valid0){
const err3 = {instancePath,schemaPath:"#/oneOf",keyword:"oneOf",params:{passingSchemas: passing0},message:"must match exactly one schema in oneOf",schema:schema65.oneOf,parentSchema:schema65,data};
if(vErrors === null){
vErrors = [err3];
}
else {
vErrors.push(err3);
}
errors++;
}
else {
errors = _errs1;
if(vErrors !== null){
if(_errs1){
vErrors.length = _errs1;
}
else {
vErrors = null;
}
}
}
if(data && typeof data == "object" && !Array.isArray(data)){
for(const key0 in data){
if(!((((((((key0 === "http") || (key0 === "tcp")) || (key0 === "exec")) || (key0 === "interval")) || (key0 === "timeout")) || (key0 === "startPeriod")) || (key0 === "healthyAfter")) || (key0 === "unhealthyAfter"))){
const err4 = {instancePath,schemaPath:"#/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key0},message:"must NOT have additional properties",schema:false,parentSchema:schema65,data};
if(vErrors === null){
vErrors = [err4];
}
else {
vErrors.push(err4);
}
errors++;
}
}
if(data.http !== undefined){
let data0 = data.http;
if(data0 && typeof data0 == "object" && !Array.isArray(data0)){
if(data0.port === undefined){
const err5 = {instancePath:instancePath+"/http",schemaPath:"#/properties/http/required",keyword:"required",params:{missingProperty: "port"},message:"must have required property '"+"port"+"'",schema:schema65.properties.http.required,parentSchema:schema65.properties.http,data:data0};
if(vErrors === null){
vErrors = [err5];
}
else {
vErrors.push(err5);
}
errors++;
}
for(const key1 in data0){
if(!(((((key1 === "port") || (key1 === "host")) || (key1 === "path")) || (key1 === "status")) || (key1 === "body"))){
const err6 = {instancePath:instancePath+"/http",schemaPath:"#/properties/http/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key1},message:"must NOT have additional properties",schema:false,parentSchema:schema65.properties.http,data:data0};
if(vErrors === null){
vErrors = [err6];
}
else {
vErrors.push(err6);
}
errors++;
}
}
if(data0.port !== undefined){
let data1 = data0.port;
if(!(((typeof data1 == "number") && (!(data1 % 1) && !isNaN(data1))) && (isFinite(data1)))){
const err7 = {instancePath:instancePath+"/http/port",schemaPath:"#/$defs/port/type",keyword:"type",params:{type: "integer"},message:"must be integer",schema:schema66.type,parentSchema:schema66,data:data1};
if(vErrors === null){
vErrors = [err7];
}
else {
vErrors.push(err7);
}
errors++;
}
if((typeof data1 == "number") && (isFinite(data1))){
if(data1 > 65535 || isNaN(data1)){
const err8 = {instancePath:instancePath+"/http/port",schemaPath:"#/$defs/port/maximum",keyword:"maximum",params:{comparison: "<=", limit: 65535},message:"must be <= 65535",schema:65535,parentSchema:schema66,data:data1};
if(vErrors === null){
vErrors = [err8];
}
else {
vErrors.push(err8);
}
errors++;
}
if(data1 < 1 || isNaN(data1)){
const err9 = {instancePath:instancePath+"/http/port",schemaPath:"#/$defs/port/minimum",keyword:"minimum",params:{comparison: ">=", limit: 1},message:"must be >= 1",schema:1,parentSchema:schema66,data:data1};
if(vErrors === null){
vErrors = [err9];
}
else {
vErrors.push(err9);
}
errors++;
}
}
}
if(data0.host !== undefined){
let data2 = data0.host;
if(typeof data2 === "string"){
if(func2(data2) > 253){
const err10 = {instancePath:instancePath+"/http/host",schemaPath:"#/$defs/probeHost/maxLength",keyword:"maxLength",params:{limit: 253},message:"must NOT have more than 253 characters",schema:253,parentSchema:schema67,data:data2};
if(vErrors === null){
vErrors = [err10];
}
else {
vErrors.push(err10);
}
errors++;
}
if(!pattern27.test(data2)){
const err11 = {instancePath:instancePath+"/http/host",schemaPath:"#/$defs/probeHost/pattern",keyword:"pattern",params:{pattern: "^[A-Za-z0-9]([A-Za-z0-9.:-]*[A-Za-z0-9])?$|^::[0-9A-Fa-f:.]*$"},message:"must match pattern \""+"^[A-Za-z0-9]([A-Za-z0-9.:-]*[A-Za-z0-9])?$|^::[0-9A-Fa-f:.]*$"+"\"",schema:"^[A-Za-z0-9]([A-Za-z0-9.:-]*[A-Za-z0-9])?$|^::[0-9A-Fa-f:.]*$",parentSchema:schema67,data:data2};
if(vErrors === null){
vErrors = [err11];
}
else {
vErrors.push(err11);
}
errors++;
}
}
else {
const err12 = {instancePath:instancePath+"/http/host",schemaPath:"#/$defs/probeHost/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema67.type,parentSchema:schema67,data:data2};
if(vErrors === null){
vErrors = [err12];
}
else {
vErrors.push(err12);
}
errors++;
}
}
if(data0.path !== undefined){
let data3 = data0.path;
if(typeof data3 === "string"){
if(func2(data3) > 2048){
const err13 = {instancePath:instancePath+"/http/path",schemaPath:"#/properties/http/properties/path/maxLength",keyword:"maxLength",params:{limit: 2048},message:"must NOT have more than 2048 characters",schema:2048,parentSchema:schema65.properties.http.properties.path,data:data3};
if(vErrors === null){
vErrors = [err13];
}
else {
vErrors.push(err13);
}
errors++;
}
if(!pattern28.test(data3)){
const err14 = {instancePath:instancePath+"/http/path",schemaPath:"#/properties/http/properties/path/pattern",keyword:"pattern",params:{pattern: "^/[!-~]*$"},message:"must match pattern \""+"^/[!-~]*$"+"\"",schema:"^/[!-~]*$",parentSchema:schema65.properties.http.properties.path,data:data3};
if(vErrors === null){
vErrors = [err14];
}
else {
vErrors.push(err14);
}
errors++;
}
}
else {
const err15 = {instancePath:instancePath+"/http/path",schemaPath:"#/properties/http/properties/path/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema65.properties.http.properties.path.type,parentSchema:schema65.properties.http.properties.path,data:data3};
if(vErrors === null){
vErrors = [err15];
}
else {
vErrors.push(err15);
}
errors++;
}
}
if(data0.status !== undefined){
let data4 = data0.status;
if(!(((typeof data4 == "number") && (!(data4 % 1) && !isNaN(data4))) && (isFinite(data4)))){
const err16 = {instancePath:instancePath+"/http/status",schemaPath:"#/properties/http/properties/status/type",keyword:"type",params:{type: "integer"},message:"must be integer",schema:schema65.properties.http.properties.status.type,parentSchema:schema65.properties.http.properties.status,data:data4};
if(vErrors === null){
vErrors = [err16];
}
else {
vErrors.push(err16);
}
errors++;
}
if((typeof data4 == "number") && (isFinite(data4))){
if(data4 > 599 || isNaN(data4)){
const err17 = {instancePath:instancePath+"/http/status",schemaPath:"#/properties/http/properties/status/maximum",keyword:"maximum",params:{comparison: "<=", limit: 599},message:"must be <= 599",schema:599,parentSchema:schema65.properties.http.properties.status,data:data4};
if(vErrors === null){
vErrors = [err17];
}
else {
vErrors.push(err17);
}
errors++;
}
if(data4 < 100 || isNaN(data4)){
const err18 = {instancePath:instancePath+"/http/status",schemaPath:"#/properties/http/properties/status/minimum",keyword:"minimum",params:{comparison: ">=", limit: 100},message:"must be >= 100",schema:100,parentSchema:schema65.properties.http.properties.status,data:data4};
if(vErrors === null){
vErrors = [err18];
}
else {
vErrors.push(err18);
}
errors++;
}
}
}
if(data0.body !== undefined){
let data5 = data0.body;
if(typeof data5 === "string"){
if(func2(data5) > 512){
const err19 = {instancePath:instancePath+"/http/body",schemaPath:"#/properties/http/properties/body/maxLength",keyword:"maxLength",params:{limit: 512},message:"must NOT have more than 512 characters",schema:512,parentSchema:schema65.properties.http.properties.body,data:data5};
if(vErrors === null){
vErrors = [err19];
}
else {
vErrors.push(err19);
}
errors++;
}
if(func2(data5) < 1){
const err20 = {instancePath:instancePath+"/http/body",schemaPath:"#/properties/http/properties/body/minLength",keyword:"minLength",params:{limit: 1},message:"must NOT have fewer than 1 characters",schema:1,parentSchema:schema65.properties.http.properties.body,data:data5};
if(vErrors === null){
vErrors = [err20];
}
else {
vErrors.push(err20);
}
errors++;
}
}
else {
const err21 = {instancePath:instancePath+"/http/body",schemaPath:"#/properties/http/properties/body/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema65.properties.http.properties.body.type,parentSchema:schema65.properties.http.properties.body,data:data5};
if(vErrors === null){
vErrors = [err21];
}
else {
vErrors.push(err21);
}
errors++;
}
}
}
else {
const err22 = {instancePath:instancePath+"/http",schemaPath:"#/properties/http/type",keyword:"type",params:{type: "object"},message:"must be object",schema:schema65.properties.http.type,parentSchema:schema65.properties.http,data:data0};
if(vErrors === null){
vErrors = [err22];
}
else {
vErrors.push(err22);
}
errors++;
}
}
if(data.tcp !== undefined){
let data6 = data.tcp;
if(data6 && typeof data6 == "object" && !Array.isArray(data6)){
if(data6.port === undefined){
const err23 = {instancePath:instancePath+"/tcp",schemaPath:"#/properties/tcp/required",keyword:"required",params:{missingProperty: "port"},message:"must have required property '"+"port"+"'",schema:schema65.properties.tcp.required,parentSchema:schema65.properties.tcp,data:data6};
if(vErrors === null){
vErrors = [err23];
}
else {
vErrors.push(err23);
}
errors++;
}
for(const key2 in data6){
if(!((key2 === "port") || (key2 === "host"))){
const err24 = {instancePath:instancePath+"/tcp",schemaPath:"#/properties/tcp/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key2},message:"must NOT have additional properties",schema:false,parentSchema:schema65.properties.tcp,data:data6};
if(vErrors === null){
vErrors = [err24];
}
else {
vErrors.push(err24);
}
errors++;
}
}
if(data6.port !== undefined){
let data7 = data6.port;
if(!(((typeof data7 == "number") && (!(data7 % 1) && !isNaN(data7))) && (isFinite(data7)))){
const err25 = {instancePath:instancePath+"/tcp/port",schemaPath:"#/$defs/port/type",keyword:"type",params:{type: "integer"},message:"must be integer",schema:schema66.type,parentSchema:schema66,data:data7};
if(vErrors === null){
vErrors = [err25];
}
else {
vErrors.push(err25);
}
errors++;
}
if((typeof data7 == "number") && (isFinite(data7))){
if(data7 > 65535 || isNaN(data7)){
const err26 = {instancePath:instancePath+"/tcp/port",schemaPath:"#/$defs/port/maximum",keyword:"maximum",params:{comparison: "<=", limit: 65535},message:"must be <= 65535",schema:65535,parentSchema:schema66,data:data7};
if(vErrors === null){
vErrors = [err26];
}
else {
vErrors.push(err26);
}
errors++;
}
if(data7 < 1 || isNaN(data7)){
const err27 = {instancePath:instancePath+"/tcp/port",schemaPath:"#/$defs/port/minimum",keyword:"minimum",params:{comparison: ">=", limit: 1},message:"must be >= 1",schema:1,parentSchema:schema66,data:data7};
if(vErrors === null){
vErrors = [err27];
}
else {
vErrors.push(err27);
}
errors++;
}
}
}
if(data6.host !== undefined){
let data8 = data6.host;
if(typeof data8 === "string"){
if(func2(data8) > 253){
const err28 = {instancePath:instancePath+"/tcp/host",schemaPath:"#/$defs/probeHost/maxLength",keyword:"maxLength",params:{limit: 253},message:"must NOT have more than 253 characters",schema:253,parentSchema:schema67,data:data8};
if(vErrors === null){
vErrors = [err28];
}
else {
vErrors.push(err28);
}
errors++;
}
if(!pattern27.test(data8)){
const err29 = {instancePath:instancePath+"/tcp/host",schemaPath:"#/$defs/probeHost/pattern",keyword:"pattern",params:{pattern: "^[A-Za-z0-9]([A-Za-z0-9.:-]*[A-Za-z0-9])?$|^::[0-9A-Fa-f:.]*$"},message:"must match pattern \""+"^[A-Za-z0-9]([A-Za-z0-9.:-]*[A-Za-z0-9])?$|^::[0-9A-Fa-f:.]*$"+"\"",schema:"^[A-Za-z0-9]([A-Za-z0-9.:-]*[A-Za-z0-9])?$|^::[0-9A-Fa-f:.]*$",parentSchema:schema67,data:data8};
if(vErrors === null){
vErrors = [err29];
}
else {
vErrors.push(err29);
}
errors++;
}
}
else {
const err30 = {instancePath:instancePath+"/tcp/host",schemaPath:"#/$defs/probeHost/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema67.type,parentSchema:schema67,data:data8};
if(vErrors === null){
vErrors = [err30];
}
else {
vErrors.push(err30);
}
errors++;
}
}
}
else {
const err31 = {instancePath:instancePath+"/tcp",schemaPath:"#/properties/tcp/type",keyword:"type",params:{type: "object"},message:"must be object",schema:schema65.properties.tcp.type,parentSchema:schema65.properties.tcp,data:data6};
if(vErrors === null){
vErrors = [err31];
}
else {
vErrors.push(err31);
}
errors++;
}
}
if(data.exec !== undefined){
let data9 = data.exec;
if(data9 && typeof data9 == "object" && !Array.isArray(data9)){
if(data9.command === undefined){
const err32 = {instancePath:instancePath+"/exec",schemaPath:"#/properties/exec/required",keyword:"required",params:{missingProperty: "command"},message:"must have required property '"+"command"+"'",schema:schema65.properties.exec.required,parentSchema:schema65.properties.exec,data:data9};
if(vErrors === null){
vErrors = [err32];
}
else {
vErrors.push(err32);
}
errors++;
}
for(const key3 in data9){
if(!(key3 === "command")){
const err33 = {instancePath:instancePath+"/exec",schemaPath:"#/properties/exec/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key3},message:"must NOT have additional properties",schema:false,parentSchema:schema65.properties.exec,data:data9};
if(vErrors === null){
vErrors = [err33];
}
else {
vErrors.push(err33);
}
errors++;
}
}
if(data9.command !== undefined){
let data10 = data9.command;
if(Array.isArray(data10)){
if(data10.length > 256){
const err34 = {instancePath:instancePath+"/exec/command",schemaPath:"#/$defs/command/maxItems",keyword:"maxItems",params:{limit: 256},message:"must NOT have more than 256 items",schema:256,parentSchema:schema52,data:data10};
if(vErrors === null){
vErrors = [err34];
}
else {
vErrors.push(err34);
}
errors++;
}
if(data10.length < 1){
const err35 = {instancePath:instancePath+"/exec/command",schemaPath:"#/$defs/command/minItems",keyword:"minItems",params:{limit: 1},message:"must NOT have fewer than 1 items",schema:1,parentSchema:schema52,data:data10};
if(vErrors === null){
vErrors = [err35];
}
else {
vErrors.push(err35);
}
errors++;
}
const len0 = data10.length;
for(let i0=0; i0<len0; i0++){
let data11 = data10[i0];
if(typeof data11 === "string"){
if(func2(data11) > 32768){
const err36 = {instancePath:instancePath+"/exec/command/" + i0,schemaPath:"#/$defs/command/items/maxLength",keyword:"maxLength",params:{limit: 32768},message:"must NOT have more than 32768 characters",schema:32768,parentSchema:schema52.items,data:data11};
if(vErrors === null){
vErrors = [err36];
}
else {
vErrors.push(err36);
}
errors++;
}
}
else {
const err37 = {instancePath:instancePath+"/exec/command/" + i0,schemaPath:"#/$defs/command/items/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema52.items.type,parentSchema:schema52.items,data:data11};
if(vErrors === null){
vErrors = [err37];
}
else {
vErrors.push(err37);
}
errors++;
}
}
}
else {
const err38 = {instancePath:instancePath+"/exec/command",schemaPath:"#/$defs/command/type",keyword:"type",params:{type: "array"},message:"must be array",schema:schema52.type,parentSchema:schema52,data:data10};
if(vErrors === null){
vErrors = [err38];
}
else {
vErrors.push(err38);
}
errors++;
}
}
}
else {
const err39 = {instancePath:instancePath+"/exec",schemaPath:"#/properties/exec/type",keyword:"type",params:{type: "object"},message:"must be object",schema:schema65.properties.exec.type,parentSchema:schema65.properties.exec,data:data9};
if(vErrors === null){
vErrors = [err39];
}
else {
vErrors.push(err39);
}
errors++;
}
}
if(data.interval !== undefined){
let data12 = data.interval;
if(typeof data12 === "string"){
if(func2(data12) > 16){
const err40 = {instancePath:instancePath+"/interval",schemaPath:"#/$defs/duration/maxLength",keyword:"maxLength",params:{limit: 16},message:"must NOT have more than 16 characters",schema:16,parentSchema:schema61,data:data12};
if(vErrors === null){
vErrors = [err40];
}
else {
vErrors.push(err40);
}
errors++;
}
if(!pattern23.test(data12)){
const err41 = {instancePath:instancePath+"/interval",schemaPath:"#/$defs/duration/pattern",keyword:"pattern",params:{pattern: "^[0-9]{1,9}(\\.[0-9]{1,3})?(ms|s|m|h)$"},message:"must match pattern \""+"^[0-9]{1,9}(\\.[0-9]{1,3})?(ms|s|m|h)$"+"\"",schema:"^[0-9]{1,9}(\\.[0-9]{1,3})?(ms|s|m|h)$",parentSchema:schema61,data:data12};
if(vErrors === null){
vErrors = [err41];
}
else {
vErrors.push(err41);
}
errors++;
}
}
else {
const err42 = {instancePath:instancePath+"/interval",schemaPath:"#/$defs/duration/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema61.type,parentSchema:schema61,data:data12};
if(vErrors === null){
vErrors = [err42];
}
else {
vErrors.push(err42);
}
errors++;
}
}
if(data.timeout !== undefined){
let data13 = data.timeout;
if(typeof data13 === "string"){
if(func2(data13) > 16){
const err43 = {instancePath:instancePath+"/timeout",schemaPath:"#/$defs/duration/maxLength",keyword:"maxLength",params:{limit: 16},message:"must NOT have more than 16 characters",schema:16,parentSchema:schema61,data:data13};
if(vErrors === null){
vErrors = [err43];
}
else {
vErrors.push(err43);
}
errors++;
}
if(!pattern23.test(data13)){
const err44 = {instancePath:instancePath+"/timeout",schemaPath:"#/$defs/duration/pattern",keyword:"pattern",params:{pattern: "^[0-9]{1,9}(\\.[0-9]{1,3})?(ms|s|m|h)$"},message:"must match pattern \""+"^[0-9]{1,9}(\\.[0-9]{1,3})?(ms|s|m|h)$"+"\"",schema:"^[0-9]{1,9}(\\.[0-9]{1,3})?(ms|s|m|h)$",parentSchema:schema61,data:data13};
if(vErrors === null){
vErrors = [err44];
}
else {
vErrors.push(err44);
}
errors++;
}
}
else {
const err45 = {instancePath:instancePath+"/timeout",schemaPath:"#/$defs/duration/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema61.type,parentSchema:schema61,data:data13};
if(vErrors === null){
vErrors = [err45];
}
else {
vErrors.push(err45);
}
errors++;
}
}
if(data.startPeriod !== undefined){
let data14 = data.startPeriod;
if(typeof data14 === "string"){
if(func2(data14) > 16){
const err46 = {instancePath:instancePath+"/startPeriod",schemaPath:"#/$defs/duration/maxLength",keyword:"maxLength",params:{limit: 16},message:"must NOT have more than 16 characters",schema:16,parentSchema:schema61,data:data14};
if(vErrors === null){
vErrors = [err46];
}
else {
vErrors.push(err46);
}
errors++;
}
if(!pattern23.test(data14)){
const err47 = {instancePath:instancePath+"/startPeriod",schemaPath:"#/$defs/duration/pattern",keyword:"pattern",params:{pattern: "^[0-9]{1,9}(\\.[0-9]{1,3})?(ms|s|m|h)$"},message:"must match pattern \""+"^[0-9]{1,9}(\\.[0-9]{1,3})?(ms|s|m|h)$"+"\"",schema:"^[0-9]{1,9}(\\.[0-9]{1,3})?(ms|s|m|h)$",parentSchema:schema61,data:data14};
if(vErrors === null){
vErrors = [err47];
}
else {
vErrors.push(err47);
}
errors++;
}
}
else {
const err48 = {instancePath:instancePath+"/startPeriod",schemaPath:"#/$defs/duration/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema61.type,parentSchema:schema61,data:data14};
if(vErrors === null){
vErrors = [err48];
}
else {
vErrors.push(err48);
}
errors++;
}
}
if(data.healthyAfter !== undefined){
let data15 = data.healthyAfter;
if(!(((typeof data15 == "number") && (!(data15 % 1) && !isNaN(data15))) && (isFinite(data15)))){
const err49 = {instancePath:instancePath+"/healthyAfter",schemaPath:"#/properties/healthyAfter/type",keyword:"type",params:{type: "integer"},message:"must be integer",schema:schema65.properties.healthyAfter.type,parentSchema:schema65.properties.healthyAfter,data:data15};
if(vErrors === null){
vErrors = [err49];
}
else {
vErrors.push(err49);
}
errors++;
}
if((typeof data15 == "number") && (isFinite(data15))){
if(data15 > 100 || isNaN(data15)){
const err50 = {instancePath:instancePath+"/healthyAfter",schemaPath:"#/properties/healthyAfter/maximum",keyword:"maximum",params:{comparison: "<=", limit: 100},message:"must be <= 100",schema:100,parentSchema:schema65.properties.healthyAfter,data:data15};
if(vErrors === null){
vErrors = [err50];
}
else {
vErrors.push(err50);
}
errors++;
}
if(data15 < 1 || isNaN(data15)){
const err51 = {instancePath:instancePath+"/healthyAfter",schemaPath:"#/properties/healthyAfter/minimum",keyword:"minimum",params:{comparison: ">=", limit: 1},message:"must be >= 1",schema:1,parentSchema:schema65.properties.healthyAfter,data:data15};
if(vErrors === null){
vErrors = [err51];
}
else {
vErrors.push(err51);
}
errors++;
}
}
}
if(data.unhealthyAfter !== undefined){
let data16 = data.unhealthyAfter;
if(!(((typeof data16 == "number") && (!(data16 % 1) && !isNaN(data16))) && (isFinite(data16)))){
const err52 = {instancePath:instancePath+"/unhealthyAfter",schemaPath:"#/properties/unhealthyAfter/type",keyword:"type",params:{type: "integer"},message:"must be integer",schema:schema65.properties.unhealthyAfter.type,parentSchema:schema65.properties.unhealthyAfter,data:data16};
if(vErrors === null){
vErrors = [err52];
}
else {
vErrors.push(err52);
}
errors++;
}
if((typeof data16 == "number") && (isFinite(data16))){
if(data16 > 100 || isNaN(data16)){
const err53 = {instancePath:instancePath+"/unhealthyAfter",schemaPath:"#/properties/unhealthyAfter/maximum",keyword:"maximum",params:{comparison: "<=", limit: 100},message:"must be <= 100",schema:100,parentSchema:schema65.properties.unhealthyAfter,data:data16};
if(vErrors === null){
vErrors = [err53];
}
else {
vErrors.push(err53);
}
errors++;
}
if(data16 < 1 || isNaN(data16)){
const err54 = {instancePath:instancePath+"/unhealthyAfter",schemaPath:"#/properties/unhealthyAfter/minimum",keyword:"minimum",params:{comparison: ">=", limit: 1},message:"must be >= 1",schema:1,parentSchema:schema65.properties.unhealthyAfter,data:data16};
if(vErrors === null){
vErrors = [err54];
}
else {
vErrors.push(err54);
}
errors++;
}
}
}
}
else {
const err55 = {instancePath,schemaPath:"#/type",keyword:"type",params:{type: "object"},message:"must be object",schema:schema65.type,parentSchema:schema65,data};
if(vErrors === null){
vErrors = [err55];
}
else {
vErrors.push(err55);
}
errors++;
}
validate35.errors = vErrors;
return errors === 0;
}
validate35.evaluated = {"props":true,"dynamicProps":false,"dynamicItems":false};


function validate31(data, {instancePath="", parentData, parentDataProperty, rootData=data, dynamicAnchors={}}={}){
let vErrors = null;
let errors = 0;
const evaluated0 = validate31.evaluated;
if(evaluated0.dynamicProps){
evaluated0.props = undefined;
}
if(evaluated0.dynamicItems){
evaluated0.items = undefined;
}
if(data && typeof data == "object" && !Array.isArray(data)){
if(data.command === undefined){
const err0 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "command"},message:"must have required property '"+"command"+"'",schema:schema51.required,parentSchema:schema51,data};
if(vErrors === null){
vErrors = [err0];
}
else {
vErrors.push(err0);
}
errors++;
}
for(const key0 in data){
if(!(func1.call(schema51.properties, key0))){
const err1 = {instancePath,schemaPath:"#/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key0},message:"must NOT have additional properties",schema:false,parentSchema:schema51,data};
if(vErrors === null){
vErrors = [err1];
}
else {
vErrors.push(err1);
}
errors++;
}
}
if(data.command !== undefined){
let data0 = data.command;
if(Array.isArray(data0)){
if(data0.length > 256){
const err2 = {instancePath:instancePath+"/command",schemaPath:"#/$defs/command/maxItems",keyword:"maxItems",params:{limit: 256},message:"must NOT have more than 256 items",schema:256,parentSchema:schema52,data:data0};
if(vErrors === null){
vErrors = [err2];
}
else {
vErrors.push(err2);
}
errors++;
}
if(data0.length < 1){
const err3 = {instancePath:instancePath+"/command",schemaPath:"#/$defs/command/minItems",keyword:"minItems",params:{limit: 1},message:"must NOT have fewer than 1 items",schema:1,parentSchema:schema52,data:data0};
if(vErrors === null){
vErrors = [err3];
}
else {
vErrors.push(err3);
}
errors++;
}
const len0 = data0.length;
for(let i0=0; i0<len0; i0++){
let data1 = data0[i0];
if(typeof data1 === "string"){
if(func2(data1) > 32768){
const err4 = {instancePath:instancePath+"/command/" + i0,schemaPath:"#/$defs/command/items/maxLength",keyword:"maxLength",params:{limit: 32768},message:"must NOT have more than 32768 characters",schema:32768,parentSchema:schema52.items,data:data1};
if(vErrors === null){
vErrors = [err4];
}
else {
vErrors.push(err4);
}
errors++;
}
}
else {
const err5 = {instancePath:instancePath+"/command/" + i0,schemaPath:"#/$defs/command/items/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema52.items.type,parentSchema:schema52.items,data:data1};
if(vErrors === null){
vErrors = [err5];
}
else {
vErrors.push(err5);
}
errors++;
}
}
}
else {
const err6 = {instancePath:instancePath+"/command",schemaPath:"#/$defs/command/type",keyword:"type",params:{type: "array"},message:"must be array",schema:schema52.type,parentSchema:schema52,data:data0};
if(vErrors === null){
vErrors = [err6];
}
else {
vErrors.push(err6);
}
errors++;
}
}
if(data.user !== undefined){
let data2 = data.user;
const _errs9 = errors;
let valid5 = false;
const _errs10 = errors;
if(typeof data2 === "string"){
if(func2(data2) > 32){
const err7 = {instancePath:instancePath+"/user",schemaPath:"#/$defs/user/anyOf/0/maxLength",keyword:"maxLength",params:{limit: 32},message:"must NOT have more than 32 characters",schema:32,parentSchema:schema53.anyOf[0],data:data2};
if(vErrors === null){
vErrors = [err7];
}
else {
vErrors.push(err7);
}
errors++;
}
if(!pattern17.test(data2)){
const err8 = {instancePath:instancePath+"/user",schemaPath:"#/$defs/user/anyOf/0/pattern",keyword:"pattern",params:{pattern: "^([A-Za-z_][A-Za-z0-9_.-]*|[0-9]{1,10}(:[0-9]{1,10})?)$"},message:"must match pattern \""+"^([A-Za-z_][A-Za-z0-9_.-]*|[0-9]{1,10}(:[0-9]{1,10})?)$"+"\"",schema:"^([A-Za-z_][A-Za-z0-9_.-]*|[0-9]{1,10}(:[0-9]{1,10})?)$",parentSchema:schema53.anyOf[0],data:data2};
if(vErrors === null){
vErrors = [err8];
}
else {
vErrors.push(err8);
}
errors++;
}
}
else {
const err9 = {instancePath:instancePath+"/user",schemaPath:"#/$defs/user/anyOf/0/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema53.anyOf[0].type,parentSchema:schema53.anyOf[0],data:data2};
if(vErrors === null){
vErrors = [err9];
}
else {
vErrors.push(err9);
}
errors++;
}
var _valid0 = _errs10 === errors;
valid5 = valid5 || _valid0;
const _errs12 = errors;
if(!(((typeof data2 == "number") && (!(data2 % 1) && !isNaN(data2))) && (isFinite(data2)))){
const err10 = {instancePath:instancePath+"/user",schemaPath:"#/$defs/user/anyOf/1/type",keyword:"type",params:{type: "integer"},message:"must be integer",schema:schema53.anyOf[1].type,parentSchema:schema53.anyOf[1],data:data2};
if(vErrors === null){
vErrors = [err10];
}
else {
vErrors.push(err10);
}
errors++;
}
if((typeof data2 == "number") && (isFinite(data2))){
if(data2 > 4294967294 || isNaN(data2)){
const err11 = {instancePath:instancePath+"/user",schemaPath:"#/$defs/user/anyOf/1/maximum",keyword:"maximum",params:{comparison: "<=", limit: 4294967294},message:"must be <= 4294967294",schema:4294967294,parentSchema:schema53.anyOf[1],data:data2};
if(vErrors === null){
vErrors = [err11];
}
else {
vErrors.push(err11);
}
errors++;
}
if(data2 < 0 || isNaN(data2)){
const err12 = {instancePath:instancePath+"/user",schemaPath:"#/$defs/user/anyOf/1/minimum",keyword:"minimum",params:{comparison: ">=", limit: 0},message:"must be >= 0",schema:0,parentSchema:schema53.anyOf[1],data:data2};
if(vErrors === null){
vErrors = [err12];
}
else {
vErrors.push(err12);
}
errors++;
}
}
var _valid0 = _errs12 === errors;
valid5 = valid5 || _valid0;
if(!valid5){
const err13 = {instancePath:instancePath+"/user",schemaPath:"#/$defs/user/anyOf",keyword:"anyOf",params:{},message:"must match a schema in anyOf",schema:schema53.anyOf,parentSchema:schema53,data:data2};
if(vErrors === null){
vErrors = [err13];
}
else {
vErrors.push(err13);
}
errors++;
}
else {
errors = _errs9;
if(vErrors !== null){
if(_errs9){
vErrors.length = _errs9;
}
else {
vErrors = null;
}
}
}
}
if(data.workdir !== undefined){
let data3 = data.workdir;
if(typeof data3 === "string"){
if(func2(data3) > 4095){
const err14 = {instancePath:instancePath+"/workdir",schemaPath:"#/$defs/rackPath/maxLength",keyword:"maxLength",params:{limit: 4095},message:"must NOT have more than 4095 characters",schema:4095,parentSchema:schema45,data:data3};
if(vErrors === null){
vErrors = [err14];
}
else {
vErrors.push(err14);
}
errors++;
}
if(!pattern10.test(data3)){
const err15 = {instancePath:instancePath+"/workdir",schemaPath:"#/$defs/rackPath/pattern",keyword:"pattern",params:{pattern: "^/"},message:"must match pattern \""+"^/"+"\"",schema:"^/",parentSchema:schema45,data:data3};
if(vErrors === null){
vErrors = [err15];
}
else {
vErrors.push(err15);
}
errors++;
}
}
else {
const err16 = {instancePath:instancePath+"/workdir",schemaPath:"#/$defs/rackPath/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema45.type,parentSchema:schema45,data:data3};
if(vErrors === null){
vErrors = [err16];
}
else {
vErrors.push(err16);
}
errors++;
}
}
if(data.env !== undefined){
if(!(validate23(data.env, {instancePath:instancePath+"/env",parentData:data,parentDataProperty:"env",rootData,dynamicAnchors}))){
vErrors = vErrors === null ? validate23.errors : vErrors.concat(validate23.errors);
errors = vErrors.length;
}
}
if(data.listen !== undefined){
let data5 = data.listen;
if(Array.isArray(data5)){
if(data5.length > 16){
const err17 = {instancePath:instancePath+"/listen",schemaPath:"#/properties/listen/maxItems",keyword:"maxItems",params:{limit: 16},message:"must NOT have more than 16 items",schema:16,parentSchema:schema51.properties.listen,data:data5};
if(vErrors === null){
vErrors = [err17];
}
else {
vErrors.push(err17);
}
errors++;
}
const len1 = data5.length;
for(let i1=0; i1<len1; i1++){
if(!(validate33(data5[i1], {instancePath:instancePath+"/listen/" + i1,parentData:data5,parentDataProperty:i1,rootData,dynamicAnchors}))){
vErrors = vErrors === null ? validate33.errors : vErrors.concat(validate33.errors);
errors = vErrors.length;
}
}
}
else {
const err18 = {instancePath:instancePath+"/listen",schemaPath:"#/properties/listen/type",keyword:"type",params:{type: "array"},message:"must be array",schema:schema51.properties.listen.type,parentSchema:schema51.properties.listen,data:data5};
if(vErrors === null){
vErrors = [err18];
}
else {
vErrors.push(err18);
}
errors++;
}
}
if(data.stop !== undefined){
let data7 = data.stop;
if(data7 && typeof data7 == "object" && !Array.isArray(data7)){
for(const key1 in data7){
if(!((key1 === "signal") || (key1 === "timeout"))){
const err19 = {instancePath:instancePath+"/stop",schemaPath:"#/properties/stop/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key1},message:"must NOT have additional properties",schema:false,parentSchema:schema51.properties.stop,data:data7};
if(vErrors === null){
vErrors = [err19];
}
else {
vErrors.push(err19);
}
errors++;
}
}
if(data7.signal !== undefined){
let data8 = data7.signal;
if(!((((((((data8 === "TERM") || (data8 === "QUIT")) || (data8 === "INT")) || (data8 === "HUP")) || (data8 === "USR1")) || (data8 === "USR2")) || (data8 === "WINCH")) || (data8 === "KILL"))){
const err20 = {instancePath:instancePath+"/stop/signal",schemaPath:"#/$defs/signal/enum",keyword:"enum",params:{allowedValues: schema60.enum},message:"must be equal to one of the allowed values",schema:schema60.enum,parentSchema:schema60,data:data8};
if(vErrors === null){
vErrors = [err20];
}
else {
vErrors.push(err20);
}
errors++;
}
}
if(data7.timeout !== undefined){
let data9 = data7.timeout;
if(typeof data9 === "string"){
if(func2(data9) > 16){
const err21 = {instancePath:instancePath+"/stop/timeout",schemaPath:"#/$defs/duration/maxLength",keyword:"maxLength",params:{limit: 16},message:"must NOT have more than 16 characters",schema:16,parentSchema:schema61,data:data9};
if(vErrors === null){
vErrors = [err21];
}
else {
vErrors.push(err21);
}
errors++;
}
if(!pattern23.test(data9)){
const err22 = {instancePath:instancePath+"/stop/timeout",schemaPath:"#/$defs/duration/pattern",keyword:"pattern",params:{pattern: "^[0-9]{1,9}(\\.[0-9]{1,3})?(ms|s|m|h)$"},message:"must match pattern \""+"^[0-9]{1,9}(\\.[0-9]{1,3})?(ms|s|m|h)$"+"\"",schema:"^[0-9]{1,9}(\\.[0-9]{1,3})?(ms|s|m|h)$",parentSchema:schema61,data:data9};
if(vErrors === null){
vErrors = [err22];
}
else {
vErrors.push(err22);
}
errors++;
}
}
else {
const err23 = {instancePath:instancePath+"/stop/timeout",schemaPath:"#/$defs/duration/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema61.type,parentSchema:schema61,data:data9};
if(vErrors === null){
vErrors = [err23];
}
else {
vErrors.push(err23);
}
errors++;
}
}
}
else {
const err24 = {instancePath:instancePath+"/stop",schemaPath:"#/properties/stop/type",keyword:"type",params:{type: "object"},message:"must be object",schema:schema51.properties.stop.type,parentSchema:schema51.properties.stop,data:data7};
if(vErrors === null){
vErrors = [err24];
}
else {
vErrors.push(err24);
}
errors++;
}
}
if(data.restart !== undefined){
let data10 = data.restart;
if(data10 && typeof data10 == "object" && !Array.isArray(data10)){
for(const key2 in data10){
if(!((((key2 === "policy") || (key2 === "delay")) || (key2 === "maxDelay")) || (key2 === "onUnhealthy"))){
const err25 = {instancePath:instancePath+"/restart",schemaPath:"#/properties/restart/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key2},message:"must NOT have additional properties",schema:false,parentSchema:schema51.properties.restart,data:data10};
if(vErrors === null){
vErrors = [err25];
}
else {
vErrors.push(err25);
}
errors++;
}
}
if(data10.policy !== undefined){
let data11 = data10.policy;
if(!(((data11 === "always") || (data11 === "on-failure")) || (data11 === "never"))){
const err26 = {instancePath:instancePath+"/restart/policy",schemaPath:"#/properties/restart/properties/policy/enum",keyword:"enum",params:{allowedValues: schema51.properties.restart.properties.policy.enum},message:"must be equal to one of the allowed values",schema:schema51.properties.restart.properties.policy.enum,parentSchema:schema51.properties.restart.properties.policy,data:data11};
if(vErrors === null){
vErrors = [err26];
}
else {
vErrors.push(err26);
}
errors++;
}
}
if(data10.delay !== undefined){
let data12 = data10.delay;
if(typeof data12 === "string"){
if(func2(data12) > 16){
const err27 = {instancePath:instancePath+"/restart/delay",schemaPath:"#/$defs/duration/maxLength",keyword:"maxLength",params:{limit: 16},message:"must NOT have more than 16 characters",schema:16,parentSchema:schema61,data:data12};
if(vErrors === null){
vErrors = [err27];
}
else {
vErrors.push(err27);
}
errors++;
}
if(!pattern23.test(data12)){
const err28 = {instancePath:instancePath+"/restart/delay",schemaPath:"#/$defs/duration/pattern",keyword:"pattern",params:{pattern: "^[0-9]{1,9}(\\.[0-9]{1,3})?(ms|s|m|h)$"},message:"must match pattern \""+"^[0-9]{1,9}(\\.[0-9]{1,3})?(ms|s|m|h)$"+"\"",schema:"^[0-9]{1,9}(\\.[0-9]{1,3})?(ms|s|m|h)$",parentSchema:schema61,data:data12};
if(vErrors === null){
vErrors = [err28];
}
else {
vErrors.push(err28);
}
errors++;
}
}
else {
const err29 = {instancePath:instancePath+"/restart/delay",schemaPath:"#/$defs/duration/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema61.type,parentSchema:schema61,data:data12};
if(vErrors === null){
vErrors = [err29];
}
else {
vErrors.push(err29);
}
errors++;
}
}
if(data10.maxDelay !== undefined){
let data13 = data10.maxDelay;
if(typeof data13 === "string"){
if(func2(data13) > 16){
const err30 = {instancePath:instancePath+"/restart/maxDelay",schemaPath:"#/$defs/duration/maxLength",keyword:"maxLength",params:{limit: 16},message:"must NOT have more than 16 characters",schema:16,parentSchema:schema61,data:data13};
if(vErrors === null){
vErrors = [err30];
}
else {
vErrors.push(err30);
}
errors++;
}
if(!pattern23.test(data13)){
const err31 = {instancePath:instancePath+"/restart/maxDelay",schemaPath:"#/$defs/duration/pattern",keyword:"pattern",params:{pattern: "^[0-9]{1,9}(\\.[0-9]{1,3})?(ms|s|m|h)$"},message:"must match pattern \""+"^[0-9]{1,9}(\\.[0-9]{1,3})?(ms|s|m|h)$"+"\"",schema:"^[0-9]{1,9}(\\.[0-9]{1,3})?(ms|s|m|h)$",parentSchema:schema61,data:data13};
if(vErrors === null){
vErrors = [err31];
}
else {
vErrors.push(err31);
}
errors++;
}
}
else {
const err32 = {instancePath:instancePath+"/restart/maxDelay",schemaPath:"#/$defs/duration/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema61.type,parentSchema:schema61,data:data13};
if(vErrors === null){
vErrors = [err32];
}
else {
vErrors.push(err32);
}
errors++;
}
}
if(data10.onUnhealthy !== undefined){
let data14 = data10.onUnhealthy;
if(typeof data14 !== "boolean"){
const err33 = {instancePath:instancePath+"/restart/onUnhealthy",schemaPath:"#/properties/restart/properties/onUnhealthy/type",keyword:"type",params:{type: "boolean"},message:"must be boolean",schema:schema51.properties.restart.properties.onUnhealthy.type,parentSchema:schema51.properties.restart.properties.onUnhealthy,data:data14};
if(vErrors === null){
vErrors = [err33];
}
else {
vErrors.push(err33);
}
errors++;
}
}
}
else {
const err34 = {instancePath:instancePath+"/restart",schemaPath:"#/properties/restart/type",keyword:"type",params:{type: "object"},message:"must be object",schema:schema51.properties.restart.type,parentSchema:schema51.properties.restart,data:data10};
if(vErrors === null){
vErrors = [err34];
}
else {
vErrors.push(err34);
}
errors++;
}
}
if(data.dependsOn !== undefined){
let data15 = data.dependsOn;
if(Array.isArray(data15)){
if(data15.length > 32){
const err35 = {instancePath:instancePath+"/dependsOn",schemaPath:"#/properties/dependsOn/maxItems",keyword:"maxItems",params:{limit: 32},message:"must NOT have more than 32 items",schema:32,parentSchema:schema51.properties.dependsOn,data:data15};
if(vErrors === null){
vErrors = [err35];
}
else {
vErrors.push(err35);
}
errors++;
}
const len2 = data15.length;
for(let i2=0; i2<len2; i2++){
let data16 = data15[i2];
if(typeof data16 === "string"){
if(func2(data16) > 32){
const err36 = {instancePath:instancePath+"/dependsOn/" + i2,schemaPath:"#/$defs/name/maxLength",keyword:"maxLength",params:{limit: 32},message:"must NOT have more than 32 characters",schema:32,parentSchema:schema32,data:data16};
if(vErrors === null){
vErrors = [err36];
}
else {
vErrors.push(err36);
}
errors++;
}
if(!pattern4.test(data16)){
const err37 = {instancePath:instancePath+"/dependsOn/" + i2,schemaPath:"#/$defs/name/pattern",keyword:"pattern",params:{pattern: "^[a-z][a-z0-9-]{0,31}$"},message:"must match pattern \""+"^[a-z][a-z0-9-]{0,31}$"+"\"",schema:"^[a-z][a-z0-9-]{0,31}$",parentSchema:schema32,data:data16};
if(vErrors === null){
vErrors = [err37];
}
else {
vErrors.push(err37);
}
errors++;
}
}
else {
const err38 = {instancePath:instancePath+"/dependsOn/" + i2,schemaPath:"#/$defs/name/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema32.type,parentSchema:schema32,data:data16};
if(vErrors === null){
vErrors = [err38];
}
else {
vErrors.push(err38);
}
errors++;
}
}
let i3 = data15.length;
let j0;
if(i3 > 1){
outer0:
for(;i3--;){
for(j0 = i3; j0--;){
if(func0(data15[i3], data15[j0])){
const err39 = {instancePath:instancePath+"/dependsOn",schemaPath:"#/properties/dependsOn/uniqueItems",keyword:"uniqueItems",params:{i: i3, j: j0},message:"must NOT have duplicate items (items ## "+j0+" and "+i3+" are identical)",schema:true,parentSchema:schema51.properties.dependsOn,data:data15};
if(vErrors === null){
vErrors = [err39];
}
else {
vErrors.push(err39);
}
errors++;
break outer0;
}
}
}
}
}
else {
const err40 = {instancePath:instancePath+"/dependsOn",schemaPath:"#/properties/dependsOn/type",keyword:"type",params:{type: "array"},message:"must be array",schema:schema51.properties.dependsOn.type,parentSchema:schema51.properties.dependsOn,data:data15};
if(vErrors === null){
vErrors = [err40];
}
else {
vErrors.push(err40);
}
errors++;
}
}
if(data.health !== undefined){
if(!(validate35(data.health, {instancePath:instancePath+"/health",parentData:data,parentDataProperty:"health",rootData,dynamicAnchors}))){
vErrors = vErrors === null ? validate35.errors : vErrors.concat(validate35.errors);
errors = vErrors.length;
}
}
if(data.capabilities !== undefined){
let data18 = data.capabilities;
if(Array.isArray(data18)){
if(data18.length > 41){
const err41 = {instancePath:instancePath+"/capabilities",schemaPath:"#/properties/capabilities/maxItems",keyword:"maxItems",params:{limit: 41},message:"must NOT have more than 41 items",schema:41,parentSchema:schema51.properties.capabilities,data:data18};
if(vErrors === null){
vErrors = [err41];
}
else {
vErrors.push(err41);
}
errors++;
}
const len3 = data18.length;
for(let i4=0; i4<len3; i4++){
let data19 = data18[i4];
if(typeof data19 === "string"){
if(func2(data19) > 40){
const err42 = {instancePath:instancePath+"/capabilities/" + i4,schemaPath:"#/$defs/capability/maxLength",keyword:"maxLength",params:{limit: 40},message:"must NOT have more than 40 characters",schema:40,parentSchema:schema74,data:data19};
if(vErrors === null){
vErrors = [err42];
}
else {
vErrors.push(err42);
}
errors++;
}
if(!pattern33.test(data19)){
const err43 = {instancePath:instancePath+"/capabilities/" + i4,schemaPath:"#/$defs/capability/pattern",keyword:"pattern",params:{pattern: "^(CAP_)?[A-Z][A-Z_]*$"},message:"must match pattern \""+"^(CAP_)?[A-Z][A-Z_]*$"+"\"",schema:"^(CAP_)?[A-Z][A-Z_]*$",parentSchema:schema74,data:data19};
if(vErrors === null){
vErrors = [err43];
}
else {
vErrors.push(err43);
}
errors++;
}
}
else {
const err44 = {instancePath:instancePath+"/capabilities/" + i4,schemaPath:"#/$defs/capability/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema74.type,parentSchema:schema74,data:data19};
if(vErrors === null){
vErrors = [err44];
}
else {
vErrors.push(err44);
}
errors++;
}
}
let i5 = data18.length;
let j1;
if(i5 > 1){
outer1:
for(;i5--;){
for(j1 = i5; j1--;){
if(func0(data18[i5], data18[j1])){
const err45 = {instancePath:instancePath+"/capabilities",schemaPath:"#/properties/capabilities/uniqueItems",keyword:"uniqueItems",params:{i: i5, j: j1},message:"must NOT have duplicate items (items ## "+j1+" and "+i5+" are identical)",schema:true,parentSchema:schema51.properties.capabilities,data:data18};
if(vErrors === null){
vErrors = [err45];
}
else {
vErrors.push(err45);
}
errors++;
break outer1;
}
}
}
}
}
else {
const err46 = {instancePath:instancePath+"/capabilities",schemaPath:"#/properties/capabilities/type",keyword:"type",params:{type: "array"},message:"must be array",schema:schema51.properties.capabilities.type,parentSchema:schema51.properties.capabilities,data:data18};
if(vErrors === null){
vErrors = [err46];
}
else {
vErrors.push(err46);
}
errors++;
}
}
if(data.resources !== undefined){
let data20 = data.resources;
if(data20 && typeof data20 == "object" && !Array.isArray(data20)){
for(const key3 in data20){
if(!(((key3 === "memory") || (key3 === "cpus")) || (key3 === "pids"))){
const err47 = {instancePath:instancePath+"/resources",schemaPath:"#/properties/resources/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key3},message:"must NOT have additional properties",schema:false,parentSchema:schema51.properties.resources,data:data20};
if(vErrors === null){
vErrors = [err47];
}
else {
vErrors.push(err47);
}
errors++;
}
}
if(data20.memory !== undefined){
let data21 = data20.memory;
if(typeof data21 === "string"){
if(func2(data21) > 16){
const err48 = {instancePath:instancePath+"/resources/memory",schemaPath:"#/$defs/memory/maxLength",keyword:"maxLength",params:{limit: 16},message:"must NOT have more than 16 characters",schema:16,parentSchema:schema75,data:data21};
if(vErrors === null){
vErrors = [err48];
}
else {
vErrors.push(err48);
}
errors++;
}
if(!pattern34.test(data21)){
const err49 = {instancePath:instancePath+"/resources/memory",schemaPath:"#/$defs/memory/pattern",keyword:"pattern",params:{pattern: "^[1-9][0-9]{0,8}(KiB|MiB|GiB)$"},message:"must match pattern \""+"^[1-9][0-9]{0,8}(KiB|MiB|GiB)$"+"\"",schema:"^[1-9][0-9]{0,8}(KiB|MiB|GiB)$",parentSchema:schema75,data:data21};
if(vErrors === null){
vErrors = [err49];
}
else {
vErrors.push(err49);
}
errors++;
}
}
else {
const err50 = {instancePath:instancePath+"/resources/memory",schemaPath:"#/$defs/memory/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema75.type,parentSchema:schema75,data:data21};
if(vErrors === null){
vErrors = [err50];
}
else {
vErrors.push(err50);
}
errors++;
}
}
if(data20.cpus !== undefined){
let data22 = data20.cpus;
if((typeof data22 == "number") && (isFinite(data22))){
if(data22 > 1024 || isNaN(data22)){
const err51 = {instancePath:instancePath+"/resources/cpus",schemaPath:"#/properties/resources/properties/cpus/maximum",keyword:"maximum",params:{comparison: "<=", limit: 1024},message:"must be <= 1024",schema:1024,parentSchema:schema51.properties.resources.properties.cpus,data:data22};
if(vErrors === null){
vErrors = [err51];
}
else {
vErrors.push(err51);
}
errors++;
}
if(data22 < 0.01 || isNaN(data22)){
const err52 = {instancePath:instancePath+"/resources/cpus",schemaPath:"#/properties/resources/properties/cpus/minimum",keyword:"minimum",params:{comparison: ">=", limit: 0.01},message:"must be >= 0.01",schema:0.01,parentSchema:schema51.properties.resources.properties.cpus,data:data22};
if(vErrors === null){
vErrors = [err52];
}
else {
vErrors.push(err52);
}
errors++;
}
}
else {
const err53 = {instancePath:instancePath+"/resources/cpus",schemaPath:"#/properties/resources/properties/cpus/type",keyword:"type",params:{type: "number"},message:"must be number",schema:schema51.properties.resources.properties.cpus.type,parentSchema:schema51.properties.resources.properties.cpus,data:data22};
if(vErrors === null){
vErrors = [err53];
}
else {
vErrors.push(err53);
}
errors++;
}
}
if(data20.pids !== undefined){
let data23 = data20.pids;
if(!(((typeof data23 == "number") && (!(data23 % 1) && !isNaN(data23))) && (isFinite(data23)))){
const err54 = {instancePath:instancePath+"/resources/pids",schemaPath:"#/properties/resources/properties/pids/type",keyword:"type",params:{type: "integer"},message:"must be integer",schema:schema51.properties.resources.properties.pids.type,parentSchema:schema51.properties.resources.properties.pids,data:data23};
if(vErrors === null){
vErrors = [err54];
}
else {
vErrors.push(err54);
}
errors++;
}
if((typeof data23 == "number") && (isFinite(data23))){
if(data23 > 4194304 || isNaN(data23)){
const err55 = {instancePath:instancePath+"/resources/pids",schemaPath:"#/properties/resources/properties/pids/maximum",keyword:"maximum",params:{comparison: "<=", limit: 4194304},message:"must be <= 4194304",schema:4194304,parentSchema:schema51.properties.resources.properties.pids,data:data23};
if(vErrors === null){
vErrors = [err55];
}
else {
vErrors.push(err55);
}
errors++;
}
if(data23 < 1 || isNaN(data23)){
const err56 = {instancePath:instancePath+"/resources/pids",schemaPath:"#/properties/resources/properties/pids/minimum",keyword:"minimum",params:{comparison: ">=", limit: 1},message:"must be >= 1",schema:1,parentSchema:schema51.properties.resources.properties.pids,data:data23};
if(vErrors === null){
vErrors = [err56];
}
else {
vErrors.push(err56);
}
errors++;
}
}
}
}
else {
const err57 = {instancePath:instancePath+"/resources",schemaPath:"#/properties/resources/type",keyword:"type",params:{type: "object"},message:"must be object",schema:schema51.properties.resources.type,parentSchema:schema51.properties.resources,data:data20};
if(vErrors === null){
vErrors = [err57];
}
else {
vErrors.push(err57);
}
errors++;
}
}
}
else {
const err58 = {instancePath,schemaPath:"#/type",keyword:"type",params:{type: "object"},message:"must be object",schema:schema51.type,parentSchema:schema51,data};
if(vErrors === null){
vErrors = [err58];
}
else {
vErrors.push(err58);
}
errors++;
}
validate31.errors = vErrors;
return errors === 0;
}
validate31.evaluated = {"props":true,"dynamicProps":false,"dynamicItems":false};

const schema76 = {"description":"How a new version is proved, and what happens when it fails.","type":"object","additionalProperties":false,"properties":{"rehearse":{"description":"Try the new version on a throw-away view of the writable layer first, on a private network, while the running one goes on. `auto`: when a service has a health check and this definition was not committed here before; `always`: at every swap; `never`: not at all.","enum":["auto","always","never"],"default":"auto","examples":["auto"]},"bake":{"description":"How long the new version must stay healthy, without a restart, before it is committed; 0s to 24h.","$ref":"#/$defs/duration","default":"10s","examples":["10s"]},"timeout":{"description":"How long the new version may take to become healthy, and how long listening sockets stay open while nothing serves them; 1s to 24h.","$ref":"#/$defs/duration","default":"2m","examples":["2m"]},"onFailure":{"description":"`rollback` puts the old version back; `hold` leaves the failed one for a person to look at.","enum":["rollback","hold"],"default":"rollback","examples":["rollback"]},"data":{"description":"What a rollback does with the writable layer: `keep` it, or `restore` it as it was at the stop. `restore` seals the layer at every swap: nothing is copied then, but the first write to a big file of a sealed layer copies that file.","enum":["keep","restore"],"default":"keep","examples":["restore"]},"snapshots":{"description":"How many snapshots of the writable directory are kept, by rollouts with `data: restore` and by hand together; what older ones hold is merged in the background.","type":"integer","minimum":1,"maximum":8,"default":3,"examples":[3]},"quiesce":{"description":"How a service brings its data to rest for a rehearsal: while it is frozen the writable layer is copied, and the rehearsal runs on the copy. Counts from the version on that has it: the running definition's commands are run. Without it a rehearsal sees the live data as they are written to.","type":"object","additionalProperties":false,"required":["service","freeze","thaw"],"properties":{"service":{"description":"Service of this rack in which both commands are run, as its user and with its environment.","$ref":"#/$defs/name","examples":["db"]},"freeze":{"description":"Program and arguments, as a list: when it ends with exit code 0, nothing writes to the data any more.","$ref":"#/$defs/command","examples":[["dbctl","freeze"]]},"thaw":{"description":"Program and arguments, as a list: the service writes again. Run after the copy, whatever came of it, and after a crash; so it must also succeed when nothing is frozen.","$ref":"#/$defs/command","examples":[["dbctl","thaw"]]},"timeout":{"description":"How long freezing and copying may take together, and how long each of three tries to thaw may take; 1s to 5m.","$ref":"#/$defs/duration","default":"10s","examples":["10s"]}}},"shadow":{"description":"What to do about files of the writable layer that hide files of a new image; looked at before anything of a rollout is stopped. See docs/shadow.md.","type":"object","additionalProperties":false,"properties":{"default":{"description":"For paths that no rule names. With `keep` what is harmless or doubtful is kept and told, while another type than the image's and an edited program or library fail the rollout.","$ref":"#/$defs/shadowPolicy","default":"keep","examples":["keep"]},"rules":{"description":"The first rule whose path matches counts.","type":"array","maxItems":256,"items":{"type":"object","additionalProperties":false,"required":["path","policy"],"properties":{"path":{"description":"Glob of paths in the rack: `*` and `?` within a name, `**` for any number of names.","$ref":"#/$defs/rackPath","examples":["/usr/**"]},"policy":{"description":"What to do about a match. `keep` allows also what would fail by default.","$ref":"#/$defs/shadowPolicy","examples":["fail"]}}},"default":[],"examples":[[{"path":"/usr/**","policy":"fail"}]]}}}}};
const schema83 = {"description":"`keep` the file of the writable layer, `fail` the rollout where it hides what the new image brings, `drop` the file at the swap so that the image's is seen, or `refresh` it: of a file that has the running image's content still, the new image's content is seen, with what was changed here of its owner, mode and attributes; for everything else as if nothing was said. What is dropped or refreshed is set aside, and put back by a rollback.","enum":["keep","fail","drop","refresh"]};

function validate38(data, {instancePath="", parentData, parentDataProperty, rootData=data, dynamicAnchors={}}={}){
let vErrors = null;
let errors = 0;
const evaluated0 = validate38.evaluated;
if(evaluated0.dynamicProps){
evaluated0.props = undefined;
}
if(evaluated0.dynamicItems){
evaluated0.items = undefined;
}
if(data && typeof data == "object" && !Array.isArray(data)){
for(const key0 in data){
if(!((((((((key0 === "rehearse") || (key0 === "bake")) || (key0 === "timeout")) || (key0 === "onFailure")) || (key0 === "data")) || (key0 === "snapshots")) || (key0 === "quiesce")) || (key0 === "shadow"))){
const err0 = {instancePath,schemaPath:"#/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key0},message:"must NOT have additional properties",schema:false,parentSchema:schema76,data};
if(vErrors === null){
vErrors = [err0];
}
else {
vErrors.push(err0);
}
errors++;
}
}
if(data.rehearse !== undefined){
let data0 = data.rehearse;
if(!(((data0 === "auto") || (data0 === "always")) || (data0 === "never"))){
const err1 = {instancePath:instancePath+"/rehearse",schemaPath:"#/properties/rehearse/enum",keyword:"enum",params:{allowedValues: schema76.properties.rehearse.enum},message:"must be equal to one of the allowed values",schema:schema76.properties.rehearse.enum,parentSchema:schema76.properties.rehearse,data:data0};
if(vErrors === null){
vErrors = [err1];
}
else {
vErrors.push(err1);
}
errors++;
}
}
if(data.bake !== undefined){
let data1 = data.bake;
if(typeof data1 === "string"){
if(func2(data1) > 16){
const err2 = {instancePath:instancePath+"/bake",schemaPath:"#/$defs/duration/maxLength",keyword:"maxLength",params:{limit: 16},message:"must NOT have more than 16 characters",schema:16,parentSchema:schema61,data:data1};
if(vErrors === null){
vErrors = [err2];
}
else {
vErrors.push(err2);
}
errors++;
}
if(!pattern23.test(data1)){
const err3 = {instancePath:instancePath+"/bake",schemaPath:"#/$defs/duration/pattern",keyword:"pattern",params:{pattern: "^[0-9]{1,9}(\\.[0-9]{1,3})?(ms|s|m|h)$"},message:"must match pattern \""+"^[0-9]{1,9}(\\.[0-9]{1,3})?(ms|s|m|h)$"+"\"",schema:"^[0-9]{1,9}(\\.[0-9]{1,3})?(ms|s|m|h)$",parentSchema:schema61,data:data1};
if(vErrors === null){
vErrors = [err3];
}
else {
vErrors.push(err3);
}
errors++;
}
}
else {
const err4 = {instancePath:instancePath+"/bake",schemaPath:"#/$defs/duration/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema61.type,parentSchema:schema61,data:data1};
if(vErrors === null){
vErrors = [err4];
}
else {
vErrors.push(err4);
}
errors++;
}
}
if(data.timeout !== undefined){
let data2 = data.timeout;
if(typeof data2 === "string"){
if(func2(data2) > 16){
const err5 = {instancePath:instancePath+"/timeout",schemaPath:"#/$defs/duration/maxLength",keyword:"maxLength",params:{limit: 16},message:"must NOT have more than 16 characters",schema:16,parentSchema:schema61,data:data2};
if(vErrors === null){
vErrors = [err5];
}
else {
vErrors.push(err5);
}
errors++;
}
if(!pattern23.test(data2)){
const err6 = {instancePath:instancePath+"/timeout",schemaPath:"#/$defs/duration/pattern",keyword:"pattern",params:{pattern: "^[0-9]{1,9}(\\.[0-9]{1,3})?(ms|s|m|h)$"},message:"must match pattern \""+"^[0-9]{1,9}(\\.[0-9]{1,3})?(ms|s|m|h)$"+"\"",schema:"^[0-9]{1,9}(\\.[0-9]{1,3})?(ms|s|m|h)$",parentSchema:schema61,data:data2};
if(vErrors === null){
vErrors = [err6];
}
else {
vErrors.push(err6);
}
errors++;
}
}
else {
const err7 = {instancePath:instancePath+"/timeout",schemaPath:"#/$defs/duration/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema61.type,parentSchema:schema61,data:data2};
if(vErrors === null){
vErrors = [err7];
}
else {
vErrors.push(err7);
}
errors++;
}
}
if(data.onFailure !== undefined){
let data3 = data.onFailure;
if(!((data3 === "rollback") || (data3 === "hold"))){
const err8 = {instancePath:instancePath+"/onFailure",schemaPath:"#/properties/onFailure/enum",keyword:"enum",params:{allowedValues: schema76.properties.onFailure.enum},message:"must be equal to one of the allowed values",schema:schema76.properties.onFailure.enum,parentSchema:schema76.properties.onFailure,data:data3};
if(vErrors === null){
vErrors = [err8];
}
else {
vErrors.push(err8);
}
errors++;
}
}
if(data.data !== undefined){
let data4 = data.data;
if(!((data4 === "keep") || (data4 === "restore"))){
const err9 = {instancePath:instancePath+"/data",schemaPath:"#/properties/data/enum",keyword:"enum",params:{allowedValues: schema76.properties.data.enum},message:"must be equal to one of the allowed values",schema:schema76.properties.data.enum,parentSchema:schema76.properties.data,data:data4};
if(vErrors === null){
vErrors = [err9];
}
else {
vErrors.push(err9);
}
errors++;
}
}
if(data.snapshots !== undefined){
let data5 = data.snapshots;
if(!(((typeof data5 == "number") && (!(data5 % 1) && !isNaN(data5))) && (isFinite(data5)))){
const err10 = {instancePath:instancePath+"/snapshots",schemaPath:"#/properties/snapshots/type",keyword:"type",params:{type: "integer"},message:"must be integer",schema:schema76.properties.snapshots.type,parentSchema:schema76.properties.snapshots,data:data5};
if(vErrors === null){
vErrors = [err10];
}
else {
vErrors.push(err10);
}
errors++;
}
if((typeof data5 == "number") && (isFinite(data5))){
if(data5 > 8 || isNaN(data5)){
const err11 = {instancePath:instancePath+"/snapshots",schemaPath:"#/properties/snapshots/maximum",keyword:"maximum",params:{comparison: "<=", limit: 8},message:"must be <= 8",schema:8,parentSchema:schema76.properties.snapshots,data:data5};
if(vErrors === null){
vErrors = [err11];
}
else {
vErrors.push(err11);
}
errors++;
}
if(data5 < 1 || isNaN(data5)){
const err12 = {instancePath:instancePath+"/snapshots",schemaPath:"#/properties/snapshots/minimum",keyword:"minimum",params:{comparison: ">=", limit: 1},message:"must be >= 1",schema:1,parentSchema:schema76.properties.snapshots,data:data5};
if(vErrors === null){
vErrors = [err12];
}
else {
vErrors.push(err12);
}
errors++;
}
}
}
if(data.quiesce !== undefined){
let data6 = data.quiesce;
if(data6 && typeof data6 == "object" && !Array.isArray(data6)){
if(data6.service === undefined){
const err13 = {instancePath:instancePath+"/quiesce",schemaPath:"#/properties/quiesce/required",keyword:"required",params:{missingProperty: "service"},message:"must have required property '"+"service"+"'",schema:schema76.properties.quiesce.required,parentSchema:schema76.properties.quiesce,data:data6};
if(vErrors === null){
vErrors = [err13];
}
else {
vErrors.push(err13);
}
errors++;
}
if(data6.freeze === undefined){
const err14 = {instancePath:instancePath+"/quiesce",schemaPath:"#/properties/quiesce/required",keyword:"required",params:{missingProperty: "freeze"},message:"must have required property '"+"freeze"+"'",schema:schema76.properties.quiesce.required,parentSchema:schema76.properties.quiesce,data:data6};
if(vErrors === null){
vErrors = [err14];
}
else {
vErrors.push(err14);
}
errors++;
}
if(data6.thaw === undefined){
const err15 = {instancePath:instancePath+"/quiesce",schemaPath:"#/properties/quiesce/required",keyword:"required",params:{missingProperty: "thaw"},message:"must have required property '"+"thaw"+"'",schema:schema76.properties.quiesce.required,parentSchema:schema76.properties.quiesce,data:data6};
if(vErrors === null){
vErrors = [err15];
}
else {
vErrors.push(err15);
}
errors++;
}
for(const key1 in data6){
if(!((((key1 === "service") || (key1 === "freeze")) || (key1 === "thaw")) || (key1 === "timeout"))){
const err16 = {instancePath:instancePath+"/quiesce",schemaPath:"#/properties/quiesce/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key1},message:"must NOT have additional properties",schema:false,parentSchema:schema76.properties.quiesce,data:data6};
if(vErrors === null){
vErrors = [err16];
}
else {
vErrors.push(err16);
}
errors++;
}
}
if(data6.service !== undefined){
let data7 = data6.service;
if(typeof data7 === "string"){
if(func2(data7) > 32){
const err17 = {instancePath:instancePath+"/quiesce/service",schemaPath:"#/$defs/name/maxLength",keyword:"maxLength",params:{limit: 32},message:"must NOT have more than 32 characters",schema:32,parentSchema:schema32,data:data7};
if(vErrors === null){
vErrors = [err17];
}
else {
vErrors.push(err17);
}
errors++;
}
if(!pattern4.test(data7)){
const err18 = {instancePath:instancePath+"/quiesce/service",schemaPath:"#/$defs/name/pattern",keyword:"pattern",params:{pattern: "^[a-z][a-z0-9-]{0,31}$"},message:"must match pattern \""+"^[a-z][a-z0-9-]{0,31}$"+"\"",schema:"^[a-z][a-z0-9-]{0,31}$",parentSchema:schema32,data:data7};
if(vErrors === null){
vErrors = [err18];
}
else {
vErrors.push(err18);
}
errors++;
}
}
else {
const err19 = {instancePath:instancePath+"/quiesce/service",schemaPath:"#/$defs/name/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema32.type,parentSchema:schema32,data:data7};
if(vErrors === null){
vErrors = [err19];
}
else {
vErrors.push(err19);
}
errors++;
}
}
if(data6.freeze !== undefined){
let data8 = data6.freeze;
if(Array.isArray(data8)){
if(data8.length > 256){
const err20 = {instancePath:instancePath+"/quiesce/freeze",schemaPath:"#/$defs/command/maxItems",keyword:"maxItems",params:{limit: 256},message:"must NOT have more than 256 items",schema:256,parentSchema:schema52,data:data8};
if(vErrors === null){
vErrors = [err20];
}
else {
vErrors.push(err20);
}
errors++;
}
if(data8.length < 1){
const err21 = {instancePath:instancePath+"/quiesce/freeze",schemaPath:"#/$defs/command/minItems",keyword:"minItems",params:{limit: 1},message:"must NOT have fewer than 1 items",schema:1,parentSchema:schema52,data:data8};
if(vErrors === null){
vErrors = [err21];
}
else {
vErrors.push(err21);
}
errors++;
}
const len0 = data8.length;
for(let i0=0; i0<len0; i0++){
let data9 = data8[i0];
if(typeof data9 === "string"){
if(func2(data9) > 32768){
const err22 = {instancePath:instancePath+"/quiesce/freeze/" + i0,schemaPath:"#/$defs/command/items/maxLength",keyword:"maxLength",params:{limit: 32768},message:"must NOT have more than 32768 characters",schema:32768,parentSchema:schema52.items,data:data9};
if(vErrors === null){
vErrors = [err22];
}
else {
vErrors.push(err22);
}
errors++;
}
}
else {
const err23 = {instancePath:instancePath+"/quiesce/freeze/" + i0,schemaPath:"#/$defs/command/items/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema52.items.type,parentSchema:schema52.items,data:data9};
if(vErrors === null){
vErrors = [err23];
}
else {
vErrors.push(err23);
}
errors++;
}
}
}
else {
const err24 = {instancePath:instancePath+"/quiesce/freeze",schemaPath:"#/$defs/command/type",keyword:"type",params:{type: "array"},message:"must be array",schema:schema52.type,parentSchema:schema52,data:data8};
if(vErrors === null){
vErrors = [err24];
}
else {
vErrors.push(err24);
}
errors++;
}
}
if(data6.thaw !== undefined){
let data10 = data6.thaw;
if(Array.isArray(data10)){
if(data10.length > 256){
const err25 = {instancePath:instancePath+"/quiesce/thaw",schemaPath:"#/$defs/command/maxItems",keyword:"maxItems",params:{limit: 256},message:"must NOT have more than 256 items",schema:256,parentSchema:schema52,data:data10};
if(vErrors === null){
vErrors = [err25];
}
else {
vErrors.push(err25);
}
errors++;
}
if(data10.length < 1){
const err26 = {instancePath:instancePath+"/quiesce/thaw",schemaPath:"#/$defs/command/minItems",keyword:"minItems",params:{limit: 1},message:"must NOT have fewer than 1 items",schema:1,parentSchema:schema52,data:data10};
if(vErrors === null){
vErrors = [err26];
}
else {
vErrors.push(err26);
}
errors++;
}
const len1 = data10.length;
for(let i1=0; i1<len1; i1++){
let data11 = data10[i1];
if(typeof data11 === "string"){
if(func2(data11) > 32768){
const err27 = {instancePath:instancePath+"/quiesce/thaw/" + i1,schemaPath:"#/$defs/command/items/maxLength",keyword:"maxLength",params:{limit: 32768},message:"must NOT have more than 32768 characters",schema:32768,parentSchema:schema52.items,data:data11};
if(vErrors === null){
vErrors = [err27];
}
else {
vErrors.push(err27);
}
errors++;
}
}
else {
const err28 = {instancePath:instancePath+"/quiesce/thaw/" + i1,schemaPath:"#/$defs/command/items/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema52.items.type,parentSchema:schema52.items,data:data11};
if(vErrors === null){
vErrors = [err28];
}
else {
vErrors.push(err28);
}
errors++;
}
}
}
else {
const err29 = {instancePath:instancePath+"/quiesce/thaw",schemaPath:"#/$defs/command/type",keyword:"type",params:{type: "array"},message:"must be array",schema:schema52.type,parentSchema:schema52,data:data10};
if(vErrors === null){
vErrors = [err29];
}
else {
vErrors.push(err29);
}
errors++;
}
}
if(data6.timeout !== undefined){
let data12 = data6.timeout;
if(typeof data12 === "string"){
if(func2(data12) > 16){
const err30 = {instancePath:instancePath+"/quiesce/timeout",schemaPath:"#/$defs/duration/maxLength",keyword:"maxLength",params:{limit: 16},message:"must NOT have more than 16 characters",schema:16,parentSchema:schema61,data:data12};
if(vErrors === null){
vErrors = [err30];
}
else {
vErrors.push(err30);
}
errors++;
}
if(!pattern23.test(data12)){
const err31 = {instancePath:instancePath+"/quiesce/timeout",schemaPath:"#/$defs/duration/pattern",keyword:"pattern",params:{pattern: "^[0-9]{1,9}(\\.[0-9]{1,3})?(ms|s|m|h)$"},message:"must match pattern \""+"^[0-9]{1,9}(\\.[0-9]{1,3})?(ms|s|m|h)$"+"\"",schema:"^[0-9]{1,9}(\\.[0-9]{1,3})?(ms|s|m|h)$",parentSchema:schema61,data:data12};
if(vErrors === null){
vErrors = [err31];
}
else {
vErrors.push(err31);
}
errors++;
}
}
else {
const err32 = {instancePath:instancePath+"/quiesce/timeout",schemaPath:"#/$defs/duration/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema61.type,parentSchema:schema61,data:data12};
if(vErrors === null){
vErrors = [err32];
}
else {
vErrors.push(err32);
}
errors++;
}
}
}
else {
const err33 = {instancePath:instancePath+"/quiesce",schemaPath:"#/properties/quiesce/type",keyword:"type",params:{type: "object"},message:"must be object",schema:schema76.properties.quiesce.type,parentSchema:schema76.properties.quiesce,data:data6};
if(vErrors === null){
vErrors = [err33];
}
else {
vErrors.push(err33);
}
errors++;
}
}
if(data.shadow !== undefined){
let data13 = data.shadow;
if(data13 && typeof data13 == "object" && !Array.isArray(data13)){
for(const key2 in data13){
if(!((key2 === "default") || (key2 === "rules"))){
const err34 = {instancePath:instancePath+"/shadow",schemaPath:"#/properties/shadow/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key2},message:"must NOT have additional properties",schema:false,parentSchema:schema76.properties.shadow,data:data13};
if(vErrors === null){
vErrors = [err34];
}
else {
vErrors.push(err34);
}
errors++;
}
}
if(data13.default !== undefined){
let data14 = data13.default;
if(!((((data14 === "keep") || (data14 === "fail")) || (data14 === "drop")) || (data14 === "refresh"))){
const err35 = {instancePath:instancePath+"/shadow/default",schemaPath:"#/$defs/shadowPolicy/enum",keyword:"enum",params:{allowedValues: schema83.enum},message:"must be equal to one of the allowed values",schema:schema83.enum,parentSchema:schema83,data:data14};
if(vErrors === null){
vErrors = [err35];
}
else {
vErrors.push(err35);
}
errors++;
}
}
if(data13.rules !== undefined){
let data15 = data13.rules;
if(Array.isArray(data15)){
if(data15.length > 256){
const err36 = {instancePath:instancePath+"/shadow/rules",schemaPath:"#/properties/shadow/properties/rules/maxItems",keyword:"maxItems",params:{limit: 256},message:"must NOT have more than 256 items",schema:256,parentSchema:schema76.properties.shadow.properties.rules,data:data15};
if(vErrors === null){
vErrors = [err36];
}
else {
vErrors.push(err36);
}
errors++;
}
const len2 = data15.length;
for(let i2=0; i2<len2; i2++){
let data16 = data15[i2];
if(data16 && typeof data16 == "object" && !Array.isArray(data16)){
if(data16.path === undefined){
const err37 = {instancePath:instancePath+"/shadow/rules/" + i2,schemaPath:"#/properties/shadow/properties/rules/items/required",keyword:"required",params:{missingProperty: "path"},message:"must have required property '"+"path"+"'",schema:schema76.properties.shadow.properties.rules.items.required,parentSchema:schema76.properties.shadow.properties.rules.items,data:data16};
if(vErrors === null){
vErrors = [err37];
}
else {
vErrors.push(err37);
}
errors++;
}
if(data16.policy === undefined){
const err38 = {instancePath:instancePath+"/shadow/rules/" + i2,schemaPath:"#/properties/shadow/properties/rules/items/required",keyword:"required",params:{missingProperty: "policy"},message:"must have required property '"+"policy"+"'",schema:schema76.properties.shadow.properties.rules.items.required,parentSchema:schema76.properties.shadow.properties.rules.items,data:data16};
if(vErrors === null){
vErrors = [err38];
}
else {
vErrors.push(err38);
}
errors++;
}
for(const key3 in data16){
if(!((key3 === "path") || (key3 === "policy"))){
const err39 = {instancePath:instancePath+"/shadow/rules/" + i2,schemaPath:"#/properties/shadow/properties/rules/items/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key3},message:"must NOT have additional properties",schema:false,parentSchema:schema76.properties.shadow.properties.rules.items,data:data16};
if(vErrors === null){
vErrors = [err39];
}
else {
vErrors.push(err39);
}
errors++;
}
}
if(data16.path !== undefined){
let data17 = data16.path;
if(typeof data17 === "string"){
if(func2(data17) > 4095){
const err40 = {instancePath:instancePath+"/shadow/rules/" + i2+"/path",schemaPath:"#/$defs/rackPath/maxLength",keyword:"maxLength",params:{limit: 4095},message:"must NOT have more than 4095 characters",schema:4095,parentSchema:schema45,data:data17};
if(vErrors === null){
vErrors = [err40];
}
else {
vErrors.push(err40);
}
errors++;
}
if(!pattern10.test(data17)){
const err41 = {instancePath:instancePath+"/shadow/rules/" + i2+"/path",schemaPath:"#/$defs/rackPath/pattern",keyword:"pattern",params:{pattern: "^/"},message:"must match pattern \""+"^/"+"\"",schema:"^/",parentSchema:schema45,data:data17};
if(vErrors === null){
vErrors = [err41];
}
else {
vErrors.push(err41);
}
errors++;
}
}
else {
const err42 = {instancePath:instancePath+"/shadow/rules/" + i2+"/path",schemaPath:"#/$defs/rackPath/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema45.type,parentSchema:schema45,data:data17};
if(vErrors === null){
vErrors = [err42];
}
else {
vErrors.push(err42);
}
errors++;
}
}
if(data16.policy !== undefined){
let data18 = data16.policy;
if(!((((data18 === "keep") || (data18 === "fail")) || (data18 === "drop")) || (data18 === "refresh"))){
const err43 = {instancePath:instancePath+"/shadow/rules/" + i2+"/policy",schemaPath:"#/$defs/shadowPolicy/enum",keyword:"enum",params:{allowedValues: schema83.enum},message:"must be equal to one of the allowed values",schema:schema83.enum,parentSchema:schema83,data:data18};
if(vErrors === null){
vErrors = [err43];
}
else {
vErrors.push(err43);
}
errors++;
}
}
}
else {
const err44 = {instancePath:instancePath+"/shadow/rules/" + i2,schemaPath:"#/properties/shadow/properties/rules/items/type",keyword:"type",params:{type: "object"},message:"must be object",schema:schema76.properties.shadow.properties.rules.items.type,parentSchema:schema76.properties.shadow.properties.rules.items,data:data16};
if(vErrors === null){
vErrors = [err44];
}
else {
vErrors.push(err44);
}
errors++;
}
}
}
else {
const err45 = {instancePath:instancePath+"/shadow/rules",schemaPath:"#/properties/shadow/properties/rules/type",keyword:"type",params:{type: "array"},message:"must be array",schema:schema76.properties.shadow.properties.rules.type,parentSchema:schema76.properties.shadow.properties.rules,data:data15};
if(vErrors === null){
vErrors = [err45];
}
else {
vErrors.push(err45);
}
errors++;
}
}
}
else {
const err46 = {instancePath:instancePath+"/shadow",schemaPath:"#/properties/shadow/type",keyword:"type",params:{type: "object"},message:"must be object",schema:schema76.properties.shadow.type,parentSchema:schema76.properties.shadow,data:data13};
if(vErrors === null){
vErrors = [err46];
}
else {
vErrors.push(err46);
}
errors++;
}
}
}
else {
const err47 = {instancePath,schemaPath:"#/type",keyword:"type",params:{type: "object"},message:"must be object",schema:schema76.type,parentSchema:schema76,data};
if(vErrors === null){
vErrors = [err47];
}
else {
vErrors.push(err47);
}
errors++;
}
validate38.errors = vErrors;
return errors === 0;
}
validate38.evaluated = {"props":true,"dynamicProps":false,"dynamicItems":false};


function validate20(data, {instancePath="", parentData, parentDataProperty, rootData=data, dynamicAnchors={}}={}){
/*# sourceURL="https://rackops.invalid/schema/rack.schema.json" */;
let vErrors = null;
let errors = 0;
const evaluated0 = validate20.evaluated;
if(evaluated0.dynamicProps){
evaluated0.props = undefined;
}
if(evaluated0.dynamicItems){
evaluated0.items = undefined;
}
if(data && typeof data == "object" && !Array.isArray(data)){
if(data.apiVersion === undefined){
const err0 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "apiVersion"},message:"must have required property '"+"apiVersion"+"'",schema:schema31.required,parentSchema:schema31,data};
if(vErrors === null){
vErrors = [err0];
}
else {
vErrors.push(err0);
}
errors++;
}
if(data.kind === undefined){
const err1 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "kind"},message:"must have required property '"+"kind"+"'",schema:schema31.required,parentSchema:schema31,data};
if(vErrors === null){
vErrors = [err1];
}
else {
vErrors.push(err1);
}
errors++;
}
if(data.name === undefined){
const err2 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "name"},message:"must have required property '"+"name"+"'",schema:schema31.required,parentSchema:schema31,data};
if(vErrors === null){
vErrors = [err2];
}
else {
vErrors.push(err2);
}
errors++;
}
if(data.image === undefined){
const err3 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "image"},message:"must have required property '"+"image"+"'",schema:schema31.required,parentSchema:schema31,data};
if(vErrors === null){
vErrors = [err3];
}
else {
vErrors.push(err3);
}
errors++;
}
if(data.services === undefined){
const err4 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "services"},message:"must have required property '"+"services"+"'",schema:schema31.required,parentSchema:schema31,data};
if(vErrors === null){
vErrors = [err4];
}
else {
vErrors.push(err4);
}
errors++;
}
for(const key0 in data){
if(!(func1.call(schema31.properties, key0))){
const err5 = {instancePath,schemaPath:"#/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key0},message:"must NOT have additional properties",schema:false,parentSchema:schema31,data};
if(vErrors === null){
vErrors = [err5];
}
else {
vErrors.push(err5);
}
errors++;
}
}
if(data.apiVersion !== undefined){
let data0 = data.apiVersion;
if("rackops/v1" !== data0){
const err6 = {instancePath:instancePath+"/apiVersion",schemaPath:"#/properties/apiVersion/const",keyword:"const",params:{allowedValue: "rackops/v1"},message:"must be equal to constant",schema:"rackops/v1",parentSchema:schema31.properties.apiVersion,data:data0};
if(vErrors === null){
vErrors = [err6];
}
else {
vErrors.push(err6);
}
errors++;
}
}
if(data.kind !== undefined){
let data1 = data.kind;
if("Rack" !== data1){
const err7 = {instancePath:instancePath+"/kind",schemaPath:"#/properties/kind/const",keyword:"const",params:{allowedValue: "Rack"},message:"must be equal to constant",schema:"Rack",parentSchema:schema31.properties.kind,data:data1};
if(vErrors === null){
vErrors = [err7];
}
else {
vErrors.push(err7);
}
errors++;
}
}
if(data.name !== undefined){
let data2 = data.name;
if(typeof data2 === "string"){
if(func2(data2) > 32){
const err8 = {instancePath:instancePath+"/name",schemaPath:"#/$defs/name/maxLength",keyword:"maxLength",params:{limit: 32},message:"must NOT have more than 32 characters",schema:32,parentSchema:schema32,data:data2};
if(vErrors === null){
vErrors = [err8];
}
else {
vErrors.push(err8);
}
errors++;
}
if(!pattern4.test(data2)){
const err9 = {instancePath:instancePath+"/name",schemaPath:"#/$defs/name/pattern",keyword:"pattern",params:{pattern: "^[a-z][a-z0-9-]{0,31}$"},message:"must match pattern \""+"^[a-z][a-z0-9-]{0,31}$"+"\"",schema:"^[a-z][a-z0-9-]{0,31}$",parentSchema:schema32,data:data2};
if(vErrors === null){
vErrors = [err9];
}
else {
vErrors.push(err9);
}
errors++;
}
}
else {
const err10 = {instancePath:instancePath+"/name",schemaPath:"#/$defs/name/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema32.type,parentSchema:schema32,data:data2};
if(vErrors === null){
vErrors = [err10];
}
else {
vErrors.push(err10);
}
errors++;
}
}
if(data.image !== undefined){
let data3 = data.image;
if(data3 && typeof data3 == "object" && !Array.isArray(data3)){
if(data3.file === undefined){
const err11 = {instancePath:instancePath+"/image",schemaPath:"#/properties/image/required",keyword:"required",params:{missingProperty: "file"},message:"must have required property '"+"file"+"'",schema:schema31.properties.image.required,parentSchema:schema31.properties.image,data:data3};
if(vErrors === null){
vErrors = [err11];
}
else {
vErrors.push(err11);
}
errors++;
}
if(data3.sha256 === undefined){
const err12 = {instancePath:instancePath+"/image",schemaPath:"#/properties/image/required",keyword:"required",params:{missingProperty: "sha256"},message:"must have required property '"+"sha256"+"'",schema:schema31.properties.image.required,parentSchema:schema31.properties.image,data:data3};
if(vErrors === null){
vErrors = [err12];
}
else {
vErrors.push(err12);
}
errors++;
}
for(const key1 in data3){
if(!((key1 === "file") || (key1 === "sha256"))){
const err13 = {instancePath:instancePath+"/image",schemaPath:"#/properties/image/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key1},message:"must NOT have additional properties",schema:false,parentSchema:schema31.properties.image,data:data3};
if(vErrors === null){
vErrors = [err13];
}
else {
vErrors.push(err13);
}
errors++;
}
}
if(data3.file !== undefined){
let data4 = data3.file;
if(typeof data4 === "string"){
if(func2(data4) > 200){
const err14 = {instancePath:instancePath+"/image/file",schemaPath:"#/$defs/imageFile/maxLength",keyword:"maxLength",params:{limit: 200},message:"must NOT have more than 200 characters",schema:200,parentSchema:schema33,data:data4};
if(vErrors === null){
vErrors = [err14];
}
else {
vErrors.push(err14);
}
errors++;
}
if(!pattern5.test(data4)){
const err15 = {instancePath:instancePath+"/image/file",schemaPath:"#/$defs/imageFile/pattern",keyword:"pattern",params:{pattern: "^[A-Za-z0-9_][A-Za-z0-9._+~-]*$"},message:"must match pattern \""+"^[A-Za-z0-9_][A-Za-z0-9._+~-]*$"+"\"",schema:"^[A-Za-z0-9_][A-Za-z0-9._+~-]*$",parentSchema:schema33,data:data4};
if(vErrors === null){
vErrors = [err15];
}
else {
vErrors.push(err15);
}
errors++;
}
}
else {
const err16 = {instancePath:instancePath+"/image/file",schemaPath:"#/$defs/imageFile/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema33.type,parentSchema:schema33,data:data4};
if(vErrors === null){
vErrors = [err16];
}
else {
vErrors.push(err16);
}
errors++;
}
}
if(data3.sha256 !== undefined){
let data5 = data3.sha256;
if(typeof data5 === "string"){
if(func2(data5) > 71){
const err17 = {instancePath:instancePath+"/image/sha256",schemaPath:"#/$defs/sha256/maxLength",keyword:"maxLength",params:{limit: 71},message:"must NOT have more than 71 characters",schema:71,parentSchema:schema34,data:data5};
if(vErrors === null){
vErrors = [err17];
}
else {
vErrors.push(err17);
}
errors++;
}
if(!pattern6.test(data5)){
const err18 = {instancePath:instancePath+"/image/sha256",schemaPath:"#/$defs/sha256/pattern",keyword:"pattern",params:{pattern: "^(sha256:)?[0-9a-fA-F]{64}$"},message:"must match pattern \""+"^(sha256:)?[0-9a-fA-F]{64}$"+"\"",schema:"^(sha256:)?[0-9a-fA-F]{64}$",parentSchema:schema34,data:data5};
if(vErrors === null){
vErrors = [err18];
}
else {
vErrors.push(err18);
}
errors++;
}
}
else {
const err19 = {instancePath:instancePath+"/image/sha256",schemaPath:"#/$defs/sha256/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema34.type,parentSchema:schema34,data:data5};
if(vErrors === null){
vErrors = [err19];
}
else {
vErrors.push(err19);
}
errors++;
}
}
}
else {
const err20 = {instancePath:instancePath+"/image",schemaPath:"#/properties/image/type",keyword:"type",params:{type: "object"},message:"must be object",schema:schema31.properties.image.type,parentSchema:schema31.properties.image,data:data3};
if(vErrors === null){
vErrors = [err20];
}
else {
vErrors.push(err20);
}
errors++;
}
}
if(data.hosts !== undefined){
let data6 = data.hosts;
if(data6 && typeof data6 == "object" && !Array.isArray(data6)){
if(data6.labels === undefined){
const err21 = {instancePath:instancePath+"/hosts",schemaPath:"#/properties/hosts/required",keyword:"required",params:{missingProperty: "labels"},message:"must have required property '"+"labels"+"'",schema:schema31.properties.hosts.required,parentSchema:schema31.properties.hosts,data:data6};
if(vErrors === null){
vErrors = [err21];
}
else {
vErrors.push(err21);
}
errors++;
}
for(const key2 in data6){
if(!(key2 === "labels")){
const err22 = {instancePath:instancePath+"/hosts",schemaPath:"#/properties/hosts/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key2},message:"must NOT have additional properties",schema:false,parentSchema:schema31.properties.hosts,data:data6};
if(vErrors === null){
vErrors = [err22];
}
else {
vErrors.push(err22);
}
errors++;
}
}
if(data6.labels !== undefined){
if(!(validate21(data6.labels, {instancePath:instancePath+"/hosts/labels",parentData:data6,parentDataProperty:"labels",rootData,dynamicAnchors}))){
vErrors = vErrors === null ? validate21.errors : vErrors.concat(validate21.errors);
errors = vErrors.length;
}
}
}
else {
const err23 = {instancePath:instancePath+"/hosts",schemaPath:"#/properties/hosts/type",keyword:"type",params:{type: "object"},message:"must be object",schema:schema31.properties.hosts.type,parentSchema:schema31.properties.hosts,data:data6};
if(vErrors === null){
vErrors = [err23];
}
else {
vErrors.push(err23);
}
errors++;
}
}
if(data.dependsOn !== undefined){
let data8 = data.dependsOn;
if(Array.isArray(data8)){
if(data8.length > 64){
const err24 = {instancePath:instancePath+"/dependsOn",schemaPath:"#/properties/dependsOn/maxItems",keyword:"maxItems",params:{limit: 64},message:"must NOT have more than 64 items",schema:64,parentSchema:schema31.properties.dependsOn,data:data8};
if(vErrors === null){
vErrors = [err24];
}
else {
vErrors.push(err24);
}
errors++;
}
const len0 = data8.length;
for(let i0=0; i0<len0; i0++){
let data9 = data8[i0];
if(typeof data9 === "string"){
if(func2(data9) > 32){
const err25 = {instancePath:instancePath+"/dependsOn/" + i0,schemaPath:"#/$defs/name/maxLength",keyword:"maxLength",params:{limit: 32},message:"must NOT have more than 32 characters",schema:32,parentSchema:schema32,data:data9};
if(vErrors === null){
vErrors = [err25];
}
else {
vErrors.push(err25);
}
errors++;
}
if(!pattern4.test(data9)){
const err26 = {instancePath:instancePath+"/dependsOn/" + i0,schemaPath:"#/$defs/name/pattern",keyword:"pattern",params:{pattern: "^[a-z][a-z0-9-]{0,31}$"},message:"must match pattern \""+"^[a-z][a-z0-9-]{0,31}$"+"\"",schema:"^[a-z][a-z0-9-]{0,31}$",parentSchema:schema32,data:data9};
if(vErrors === null){
vErrors = [err26];
}
else {
vErrors.push(err26);
}
errors++;
}
}
else {
const err27 = {instancePath:instancePath+"/dependsOn/" + i0,schemaPath:"#/$defs/name/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema32.type,parentSchema:schema32,data:data9};
if(vErrors === null){
vErrors = [err27];
}
else {
vErrors.push(err27);
}
errors++;
}
}
let i1 = data8.length;
let j0;
if(i1 > 1){
outer0:
for(;i1--;){
for(j0 = i1; j0--;){
if(func0(data8[i1], data8[j0])){
const err28 = {instancePath:instancePath+"/dependsOn",schemaPath:"#/properties/dependsOn/uniqueItems",keyword:"uniqueItems",params:{i: i1, j: j0},message:"must NOT have duplicate items (items ## "+j0+" and "+i1+" are identical)",schema:true,parentSchema:schema31.properties.dependsOn,data:data8};
if(vErrors === null){
vErrors = [err28];
}
else {
vErrors.push(err28);
}
errors++;
break outer0;
}
}
}
}
}
else {
const err29 = {instancePath:instancePath+"/dependsOn",schemaPath:"#/properties/dependsOn/type",keyword:"type",params:{type: "array"},message:"must be array",schema:schema31.properties.dependsOn.type,parentSchema:schema31.properties.dependsOn,data:data8};
if(vErrors === null){
vErrors = [err29];
}
else {
vErrors.push(err29);
}
errors++;
}
}
if(data.env !== undefined){
if(!(validate23(data.env, {instancePath:instancePath+"/env",parentData:data,parentDataProperty:"env",rootData,dynamicAnchors}))){
vErrors = vErrors === null ? validate23.errors : vErrors.concat(validate23.errors);
errors = vErrors.length;
}
}
if(data.mounts !== undefined){
let data11 = data.mounts;
if(Array.isArray(data11)){
if(data11.length > 64){
const err30 = {instancePath:instancePath+"/mounts",schemaPath:"#/properties/mounts/maxItems",keyword:"maxItems",params:{limit: 64},message:"must NOT have more than 64 items",schema:64,parentSchema:schema31.properties.mounts,data:data11};
if(vErrors === null){
vErrors = [err30];
}
else {
vErrors.push(err30);
}
errors++;
}
const len1 = data11.length;
for(let i2=0; i2<len1; i2++){
if(!(validate27(data11[i2], {instancePath:instancePath+"/mounts/" + i2,parentData:data11,parentDataProperty:i2,rootData,dynamicAnchors}))){
vErrors = vErrors === null ? validate27.errors : vErrors.concat(validate27.errors);
errors = vErrors.length;
}
}
}
else {
const err31 = {instancePath:instancePath+"/mounts",schemaPath:"#/properties/mounts/type",keyword:"type",params:{type: "array"},message:"must be array",schema:schema31.properties.mounts.type,parentSchema:schema31.properties.mounts,data:data11};
if(vErrors === null){
vErrors = [err31];
}
else {
vErrors.push(err31);
}
errors++;
}
}
if(data.files !== undefined){
let data13 = data.files;
if(Array.isArray(data13)){
if(data13.length > 256){
const err32 = {instancePath:instancePath+"/files",schemaPath:"#/properties/files/maxItems",keyword:"maxItems",params:{limit: 256},message:"must NOT have more than 256 items",schema:256,parentSchema:schema31.properties.files,data:data13};
if(vErrors === null){
vErrors = [err32];
}
else {
vErrors.push(err32);
}
errors++;
}
const len2 = data13.length;
for(let i3=0; i3<len2; i3++){
if(!(validate29(data13[i3], {instancePath:instancePath+"/files/" + i3,parentData:data13,parentDataProperty:i3,rootData,dynamicAnchors}))){
vErrors = vErrors === null ? validate29.errors : vErrors.concat(validate29.errors);
errors = vErrors.length;
}
}
}
else {
const err33 = {instancePath:instancePath+"/files",schemaPath:"#/properties/files/type",keyword:"type",params:{type: "array"},message:"must be array",schema:schema31.properties.files.type,parentSchema:schema31.properties.files,data:data13};
if(vErrors === null){
vErrors = [err33];
}
else {
vErrors.push(err33);
}
errors++;
}
}
if(data.services !== undefined){
let data15 = data.services;
if(data15 && typeof data15 == "object" && !Array.isArray(data15)){
if(Object.keys(data15).length > 32){
const err34 = {instancePath:instancePath+"/services",schemaPath:"#/properties/services/maxProperties",keyword:"maxProperties",params:{limit: 32},message:"must NOT have more than 32 properties",schema:32,parentSchema:schema31.properties.services,data:data15};
if(vErrors === null){
vErrors = [err34];
}
else {
vErrors.push(err34);
}
errors++;
}
if(Object.keys(data15).length < 1){
const err35 = {instancePath:instancePath+"/services",schemaPath:"#/properties/services/minProperties",keyword:"minProperties",params:{limit: 1},message:"must NOT have fewer than 1 properties",schema:1,parentSchema:schema31.properties.services,data:data15};
if(vErrors === null){
vErrors = [err35];
}
else {
vErrors.push(err35);
}
errors++;
}
for(const key3 in data15){
const _errs34 = errors;
if(typeof key3 === "string"){
if(func2(key3) > 32){
const err36 = {instancePath:instancePath+"/services",schemaPath:"#/$defs/name/maxLength",keyword:"maxLength",params:{limit: 32},message:"must NOT have more than 32 characters",schema:32,parentSchema:schema32,data:key3,propertyName:key3};
if(vErrors === null){
vErrors = [err36];
}
else {
vErrors.push(err36);
}
errors++;
}
if(!pattern4.test(key3)){
const err37 = {instancePath:instancePath+"/services",schemaPath:"#/$defs/name/pattern",keyword:"pattern",params:{pattern: "^[a-z][a-z0-9-]{0,31}$"},message:"must match pattern \""+"^[a-z][a-z0-9-]{0,31}$"+"\"",schema:"^[a-z][a-z0-9-]{0,31}$",parentSchema:schema32,data:key3,propertyName:key3};
if(vErrors === null){
vErrors = [err37];
}
else {
vErrors.push(err37);
}
errors++;
}
}
else {
const err38 = {instancePath:instancePath+"/services",schemaPath:"#/$defs/name/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema32.type,parentSchema:schema32,data:key3,propertyName:key3};
if(vErrors === null){
vErrors = [err38];
}
else {
vErrors.push(err38);
}
errors++;
}
var valid14 = _errs34 === errors;
if(!valid14){
const err39 = {instancePath:instancePath+"/services",schemaPath:"#/properties/services/propertyNames",keyword:"propertyNames",params:{propertyName: key3},message:"property name must be valid",schema:schema31.properties.services.propertyNames,parentSchema:schema31.properties.services,data:data15};
if(vErrors === null){
vErrors = [err39];
}
else {
vErrors.push(err39);
}
errors++;
}
}
for(const key4 in data15){
if(!(validate31(data15[key4], {instancePath:instancePath+"/services/" + key4.replace(/~/g, "~0").replace(/\//g, "~1"),parentData:data15,parentDataProperty:key4,rootData,dynamicAnchors}))){
vErrors = vErrors === null ? validate31.errors : vErrors.concat(validate31.errors);
errors = vErrors.length;
}
}
}
else {
const err40 = {instancePath:instancePath+"/services",schemaPath:"#/properties/services/type",keyword:"type",params:{type: "object"},message:"must be object",schema:schema31.properties.services.type,parentSchema:schema31.properties.services,data:data15};
if(vErrors === null){
vErrors = [err40];
}
else {
vErrors.push(err40);
}
errors++;
}
}
if(data.rollout !== undefined){
if(!(validate38(data.rollout, {instancePath:instancePath+"/rollout",parentData:data,parentDataProperty:"rollout",rootData,dynamicAnchors}))){
vErrors = vErrors === null ? validate38.errors : vErrors.concat(validate38.errors);
errors = vErrors.length;
}
}
}
else {
const err41 = {instancePath,schemaPath:"#/type",keyword:"type",params:{type: "object"},message:"must be object",schema:schema31.type,parentSchema:schema31,data};
if(vErrors === null){
vErrors = [err41];
}
else {
vErrors.push(err41);
}
errors++;
}
validate20.errors = vErrors;
return errors === 0;
}
validate20.evaluated = {"props":true,"dynamicProps":false,"dynamicItems":false};

export const validateHost = validate40;
const schema86 = {"$schema":"https://json-schema.org/draft/2020-12/schema","$id":"https://rackops.invalid/schema/host.schema.json","title":"Host","description":"The host's own configuration, `/etc/rackops/host.yaml`: where definitions come from and what they may ask for. It never comes from Git.","type":"object","additionalProperties":false,"required":["name","repository"],"properties":{"apiVersion":{"description":"Version of this format.","const":"rackops/v1","examples":["rackops/v1"]},"kind":{"description":"What this file defines.","const":"Host","examples":["Host"]},"name":{"description":"Name of this host in reports.","$ref":"#/$defs/hostName","examples":["web-01"]},"labels":{"description":"What `hosts.labels` of a definition is compared with.","$ref":"#/$defs/labels","default":{},"examples":[{"role":"web"}]},"repository":{"description":"The Git repository of the rack definitions.","type":"object","additionalProperties":false,"required":["url"],"properties":{"url":{"description":"https://, ssh:// or the `user@host:path` form, or a local repository as an absolute path or file://. Credentials go into `auth`.","type":"string","minLength":1,"maxLength":2048,"examples":["https://git.example.org/racks.git"]},"branch":{"description":"Branch that this host follows.","$ref":"#/$defs/branch","default":"main","examples":["main"]},"path":{"description":"Folder of the definitions in the repository.","$ref":"#/$defs/repositoryPath","default":"racks","examples":["racks"]},"poll":{"description":"When to look for new commits: a cron expression of 5 fields, or of 6 with seconds first, in UTC. A random wait of up to half the interval (5 s at most) is added.","$ref":"#/$defs/cron","default":"*/30 * * * * *","examples":["*/30 * * * * *"]},"timeout":{"description":"How long one Git command may take; 1s to 1h.","$ref":"#/$defs/duration","default":"60s","examples":["60s"]},"auth":{"description":"Credentials, as files of root with mode 0600; read again when they change.","type":"object","additionalProperties":false,"properties":{"tokenFile":{"description":"File with the password or token, for https.","$ref":"#/$defs/hostPath","examples":["/etc/rackops/git-token"]},"usernameFile":{"description":"File with the user name, for https.","$ref":"#/$defs/hostPath","examples":["/etc/rackops/git-user"]},"sshKeyFile":{"description":"Private key, for ssh.","$ref":"#/$defs/hostPath","examples":["/etc/rackops/id_ed25519"]},"knownHostsFile":{"description":"The server's host keys, for ssh.","$ref":"#/$defs/hostPath","examples":["/etc/rackops/known_hosts"]}}},"verify":{"description":"Signatures that commits must carry before anything of them is applied. Give `allowedSignersFile`, `gpgKeysFile` or both; absent: none are asked for.","type":"object","additionalProperties":false,"properties":{"mode":{"description":"`every`: each commit since the last applied one, side branches of merges included; at the first installation the tip alone. `head`: the tip alone, which vouches for what it is built on.","enum":["head","every"],"default":"every","examples":["every"]},"allowedSignersFile":{"description":"SSH keys that may sign, as `ssh-keygen` reads them (ALLOWED SIGNERS): a name, options such as `valid-before=\"20270101\"`, a public key. The host's own file: root's, not writable by others.","$ref":"#/$defs/hostPath","examples":["/etc/rackops/allowed_signers"]},"revokedKeysFile":{"description":"SSH keys that are refused although they are allowed: public keys, one a line, or a KRL of `ssh-keygen -k`.","$ref":"#/$defs/hostPath","examples":["/etc/rackops/revoked_keys"]},"gpgKeysFile":{"description":"OpenPGP keys that may sign, as `gpg --export` writes them, armored or not.","$ref":"#/$defs/hostPath","examples":["/etc/rackops/commit-keys.asc"]},"gpgFingerprints":{"description":"Only these keys of `gpgKeysFile` count: fingerprints of keys or of subkeys, 40 hex digits; default: all keys in it.","type":"array","minItems":1,"maxItems":256,"items":{"$ref":"#/$defs/gpgFingerprint"},"examples":[["9F86D081884C7D659A2FEAA0C55AD015A3BF4F1B"]]}},"examples":[{"mode":"every","allowedSignersFile":"/etc/rackops/allowed_signers"}]}}},"root":{"description":"Directory of images, trees and writable data.","$ref":"#/$defs/hostPath","default":"/racks","examples":["/racks"]},"state":{"description":"Directory of what the agent remembers.","$ref":"#/$defs/hostPath","default":"/var/lib/rackops","examples":["/var/lib/rackops"]},"run":{"description":"Directory of sockets, runtime bundles and pid files.","$ref":"#/$defs/hostPath","default":"/run/rackops","examples":["/run/rackops"]},"images":{"description":"Where images come from.","type":"object","additionalProperties":false,"properties":{"sources":{"description":"Where an image is looked for, in order: directories first, then what has to be downloaded. Each is the absolute path of a directory, the https URL that image files are below (or a template with {file}, {name}, {version}, {sha256}), or a mapping. `iso` in `root` is looked in first when it is not listed.","type":"array","minItems":1,"maxItems":16,"items":{"$ref":"#/$defs/imageSource"},"examples":[["/racks/iso","https://images.example.org/racks"]]},"keep":{"description":"Images of one name (the file name without its version) that stay in the store beside those that are needed: what runs, what Git asks for, the version before. Only what rackops copied or fetched itself is ever deleted by itself.","type":"integer","minimum":0,"maximum":1000,"default":3,"examples":[3]},"concurrent":{"description":"Images that are downloaded at the same moment; the others wait.","type":"integer","minimum":1,"maximum":16,"default":2,"examples":[2]},"maxSize":{"description":"The largest image that is downloaded, as `KiB`, `MiB` or `GiB`: what a server sends beyond it is not read.","$ref":"#/$defs/memory","default":"16GiB","examples":["4GiB"]},"verify":{"description":"Signatures that images must carry, beside the sha256 that the definition always says; a source may say otherwise for itself.","$ref":"#/$defs/imageVerify","examples":[{"keys":["/etc/rackops/keys/release.pub"]}]}}},"supervisor":{"description":"Who keeps services running. `systemd` is not yet in force and refused.","enum":["auto","embedded","systemd"],"default":"auto","examples":["auto"]},"runtime":{"description":"OCI runtime: `auto` takes crun where it works, else runc; or a program's name.","$ref":"#/$defs/runtime","default":"auto","examples":["runc"]},"allow":{"description":"What a definition may ask for. Git can never widen this.","type":"object","additionalProperties":false,"properties":{"mounts":{"description":"Directories of which a rack may see something.","type":"array","maxItems":256,"items":{"$ref":"#/$defs/hostPath"},"default":["/home","/var/share"],"examples":[["/home","/var/share"]]},"capabilities":{"description":"Linux capabilities that a service may have, with or without `CAP_`.","type":"array","maxItems":41,"items":{"$ref":"#/$defs/capability"},"default":["CHOWN","DAC_OVERRIDE","FOWNER","KILL","NET_BIND_SERVICE","SETGID","SETUID"],"examples":[["NET_BIND_SERVICE","SETUID","SETGID"]]},"secrets":{"description":"Directories of which `fromHostFile` may read.","type":"array","maxItems":256,"items":{"$ref":"#/$defs/hostPath"},"default":["/etc/rackops/secrets"],"examples":[["/etc/rackops/secrets"]]}}},"prune":{"description":"Guard against removing racks by mistake.","type":"object","additionalProperties":false,"properties":{"max":{"description":"Share of this host's racks that one revision may remove without an allowance, in percent; one rack is always allowed, the last one never.","$ref":"#/$defs/percent","default":"50%","examples":["50%"]}}},"api":{"description":"Read-only web interface. Not yet in force.","type":"object","additionalProperties":false,"properties":{"listen":{"description":"`address:port` it listens on.","$ref":"#/$defs/listen","examples":["127.0.0.1:9180"]}}}},"$defs":{"hostName":{"description":"Letters, digits, dots and hyphens; 63 characters at most.","type":"string","maxLength":63,"pattern":"^[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?$"},"labels":{"description":"Names and values, both text.","type":"object","maxProperties":64,"propertyNames":{"$ref":"#/$defs/labelName"},"additionalProperties":{"$ref":"#/$defs/labelValue"}},"labelName":{"description":"Letters, digits and `. _ / -`, beginning with a letter; 63 characters at most.","type":"string","maxLength":63,"pattern":"^[A-Za-z][A-Za-z0-9._/-]*$"},"labelValue":{"description":"Text of 63 characters at most.","type":"string","maxLength":63},"branch":{"description":"Name of a branch.","type":"string","minLength":1,"maxLength":200},"repositoryPath":{"description":"Path in the repository, without `.`, `..` and empty parts.","type":"string","minLength":1,"maxLength":1024,"pattern":"^[^/]"},"hostPath":{"description":"Absolute path on the host, without `.`, `..` and empty parts.","type":"string","maxLength":4095,"pattern":"^/"},"imageSource":{"description":"A directory, a URL, or a mapping with exactly one of `directory`, `url` and `registry`.","anyOf":[{"type":"string","minLength":1,"maxLength":2048},{"type":"object","additionalProperties":false,"properties":{"directory":{"description":"Directory on the host that has image files, and their signatures beside them.","$ref":"#/$defs/hostPath","examples":["/srv/images"]},"url":{"description":"URL that image files are below, or a template with {file}, {name}, {version}, {sha256}.","$ref":"#/$defs/imageUrl","examples":["https://images.example.org/{name}/{file}"]},"mirrors":{"description":"More URLs of the same form, asked in order when the one before fails. The same credentials are for all of them.","type":"array","maxItems":8,"items":{"$ref":"#/$defs/imageUrl"},"default":[],"examples":[["https://mirror.example.org/racks"]]},"delta":{"description":"`zsync`: of a new image only what an older one on this host lacks is downloaded, where a control file (`<image>.zsync`) lies beside the image on the server; else all of it, which is told. Needs zsync on the host, where it runs without rights and without a network. Only with `url`.","enum":["none","zsync"],"default":"none","examples":["zsync"]},"registry":{"description":"`host[:port]/repository` of an OCI registry; the image is its blob of that sha256, as `rackops image push` puts it there.","$ref":"#/$defs/registryRepository","examples":["registry.example.org/racks/webserver"]},"auth":{"description":"Credentials, as files of root with mode 0600; read again for each download. They are sent to the host that is written here and to no other.","type":"object","additionalProperties":false,"properties":{"tokenFile":{"description":"File with a bearer token.","$ref":"#/$defs/hostPath","examples":["/etc/rackops/images-token"]},"usernameFile":{"description":"File with the user name, for basic authentication.","$ref":"#/$defs/hostPath","examples":["/etc/rackops/images-user"]},"passwordFile":{"description":"File with the password, for basic authentication.","$ref":"#/$defs/hostPath","examples":["/etc/rackops/images-password"]}}},"headers":{"description":"Further request headers, each with its value in a file of root with mode 0600. They are sent to no other host either.","type":"object","maxProperties":16,"propertyNames":{"$ref":"#/$defs/headerName"},"additionalProperties":{"$ref":"#/$defs/headerFile"},"examples":[{"X-Api-Key":{"file":"/etc/rackops/images-key"}}]},"caFile":{"description":"Certificates that are trusted for this source instead of the system's, as PEM.","$ref":"#/$defs/hostPath","examples":["/etc/rackops/images-ca.pem"]},"insecure":{"description":"Allow http:// without TLS. The sha256 still decides which bytes are used, but everybody on the way sees them; credentials are refused then, but for a loopback address.","type":"boolean","default":false,"examples":[true]},"realms":{"description":"Other hosts, as `host[:port]`, that this registry may send us to for a token, with the credentials.","type":"array","maxItems":8,"items":{"$ref":"#/$defs/hostPort"},"default":[],"examples":[["auth.example.org"]]},"verify":{"description":"Signatures for images of this source, instead of `images.verify`.","$ref":"#/$defs/imageVerify","examples":[{"keys":["/etc/rackops/keys/release.pub"]}]}}}]},"runtime":{"description":"`auto`, or the name of an OCI runtime that is installed.","type":"string","maxLength":64,"pattern":"^[a-z][a-z0-9._-]*$"},"gpgFingerprint":{"description":"Fingerprint of an OpenPGP key: 40 hex digits.","type":"string","maxLength":40,"pattern":"^[0-9A-Fa-f]{40}$"},"duration":{"description":"A number with its unit: `ms`, `s`, `m` or `h`.","type":"string","maxLength":16,"pattern":"^[0-9]{1,9}(\\.[0-9]{1,3})?(ms|s|m|h)$"},"cron":{"description":"A cron expression.","type":"string","minLength":1,"maxLength":128},"percent":{"description":"A whole number from 0 to 100 with `%`.","type":"string","maxLength":4,"pattern":"^(100|[0-9]{1,2})%$"},"capability":{"description":"Name of a Linux capability, with or without `CAP_`.","type":"string","maxLength":40,"pattern":"^(CAP_)?[A-Z][A-Z_]*$"},"listen":{"description":"`address:port`; IPv6 in brackets.","type":"string","maxLength":64,"pattern":"^([0-9.]{7,15}|\\[[0-9A-Fa-f:.]{2,45}\\]):[0-9]{1,5}$"},"imageVerify":{"description":"Which minisign keys must have signed an image: a detached `FILE.minisig` beside it, whose trusted comment has `file:FILE`.","type":"object","additionalProperties":false,"required":["keys"],"properties":{"keys":{"description":"Public keys (minisign), as files that only root can write; any one of them will do.","type":"array","minItems":1,"maxItems":16,"items":{"$ref":"#/$defs/hostPath"},"examples":[["/etc/rackops/keys/release.pub"]]},"required":{"description":"With `false` an image without a signature is taken all the same; a wrong signature never is.","type":"boolean","default":true,"examples":[true]}}},"imageUrl":{"description":"https:// (with `insecure` also http://), without credentials.","type":"string","minLength":1,"maxLength":2048},"registryRepository":{"description":"`host[:port]/repository`, lower case.","type":"string","maxLength":512,"pattern":"^[A-Za-z0-9][A-Za-z0-9.-]*(:[0-9]{1,5})?(/[a-z0-9]+(([._]|__|-+)[a-z0-9]+)*)+$"},"hostPort":{"description":"`host` or `host:port`.","type":"string","maxLength":260,"pattern":"^[A-Za-z0-9][A-Za-z0-9.-]*(:[0-9]{1,5})?$"},"headerName":{"description":"Name of a request header.","type":"string","maxLength":64,"pattern":"^[A-Za-z][A-Za-z0-9-]*$"},"headerFile":{"description":"The file with the header's value.","type":"object","additionalProperties":false,"required":["file"],"properties":{"file":{"description":"File of root, mode 0600, one line.","$ref":"#/$defs/hostPath","examples":["/etc/rackops/images-key"]}}},"memory":{"description":"A whole number with `KiB`, `MiB` or `GiB`.","type":"string","maxLength":16,"pattern":"^[1-9][0-9]{0,8}(KiB|MiB|GiB)$"}}};
const schema87 = {"description":"Letters, digits, dots and hyphens; 63 characters at most.","type":"string","maxLength":63,"pattern":"^[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?$"};
const schema91 = {"description":"Name of a branch.","type":"string","minLength":1,"maxLength":200};
const schema92 = {"description":"Path in the repository, without `.`, `..` and empty parts.","type":"string","minLength":1,"maxLength":1024,"pattern":"^[^/]"};
const schema93 = {"description":"A cron expression.","type":"string","minLength":1,"maxLength":128};
const schema94 = {"description":"A number with its unit: `ms`, `s`, `m` or `h`.","type":"string","maxLength":16,"pattern":"^[0-9]{1,9}(\\.[0-9]{1,3})?(ms|s|m|h)$"};
const schema95 = {"description":"Absolute path on the host, without `.`, `..` and empty parts.","type":"string","maxLength":4095,"pattern":"^/"};
const schema102 = {"description":"Fingerprint of an OpenPGP key: 40 hex digits.","type":"string","maxLength":40,"pattern":"^[0-9A-Fa-f]{40}$"};
const schema121 = {"description":"A whole number with `KiB`, `MiB` or `GiB`.","type":"string","maxLength":16,"pattern":"^[1-9][0-9]{0,8}(KiB|MiB|GiB)$"};
const schema122 = {"description":"`auto`, or the name of an OCI runtime that is installed.","type":"string","maxLength":64,"pattern":"^[a-z][a-z0-9._-]*$"};
const schema124 = {"description":"Name of a Linux capability, with or without `CAP_`.","type":"string","maxLength":40,"pattern":"^(CAP_)?[A-Z][A-Z_]*$"};
const schema126 = {"description":"A whole number from 0 to 100 with `%`.","type":"string","maxLength":4,"pattern":"^(100|[0-9]{1,2})%$"};
const schema127 = {"description":"`address:port`; IPv6 in brackets.","type":"string","maxLength":64,"pattern":"^([0-9.]{7,15}|\\[[0-9A-Fa-f:.]{2,45}\\]):[0-9]{1,5}$"};
const pattern40 = new RegExp("^[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?$", "u");
const pattern51 = new RegExp("^[0-9A-Fa-f]{40}$", "u");
const pattern66 = new RegExp("^[a-z][a-z0-9._-]*$", "u");
const pattern70 = new RegExp("^(100|[0-9]{1,2})%$", "u");
const schema88 = {"description":"Names and values, both text.","type":"object","maxProperties":64,"propertyNames":{"$ref":"#/$defs/labelName"},"additionalProperties":{"$ref":"#/$defs/labelValue"}};
const schema89 = {"description":"Letters, digits and `. _ / -`, beginning with a letter; 63 characters at most.","type":"string","maxLength":63,"pattern":"^[A-Za-z][A-Za-z0-9._/-]*$"};
const schema90 = {"description":"Text of 63 characters at most.","type":"string","maxLength":63};

function validate41(data, {instancePath="", parentData, parentDataProperty, rootData=data, dynamicAnchors={}}={}){
let vErrors = null;
let errors = 0;
const evaluated0 = validate41.evaluated;
if(evaluated0.dynamicProps){
evaluated0.props = undefined;
}
if(evaluated0.dynamicItems){
evaluated0.items = undefined;
}
if(data && typeof data == "object" && !Array.isArray(data)){
if(Object.keys(data).length > 64){
const err0 = {instancePath,schemaPath:"#/maxProperties",keyword:"maxProperties",params:{limit: 64},message:"must NOT have more than 64 properties",schema:64,parentSchema:schema88,data};
if(vErrors === null){
vErrors = [err0];
}
else {
vErrors.push(err0);
}
errors++;
}
for(const key0 in data){
const _errs1 = errors;
if(typeof key0 === "string"){
if(func2(key0) > 63){
const err1 = {instancePath,schemaPath:"#/$defs/labelName/maxLength",keyword:"maxLength",params:{limit: 63},message:"must NOT have more than 63 characters",schema:63,parentSchema:schema89,data:key0,propertyName:key0};
if(vErrors === null){
vErrors = [err1];
}
else {
vErrors.push(err1);
}
errors++;
}
if(!pattern7.test(key0)){
const err2 = {instancePath,schemaPath:"#/$defs/labelName/pattern",keyword:"pattern",params:{pattern: "^[A-Za-z][A-Za-z0-9._/-]*$"},message:"must match pattern \""+"^[A-Za-z][A-Za-z0-9._/-]*$"+"\"",schema:"^[A-Za-z][A-Za-z0-9._/-]*$",parentSchema:schema89,data:key0,propertyName:key0};
if(vErrors === null){
vErrors = [err2];
}
else {
vErrors.push(err2);
}
errors++;
}
}
else {
const err3 = {instancePath,schemaPath:"#/$defs/labelName/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema89.type,parentSchema:schema89,data:key0,propertyName:key0};
if(vErrors === null){
vErrors = [err3];
}
else {
vErrors.push(err3);
}
errors++;
}
var valid0 = _errs1 === errors;
if(!valid0){
const err4 = {instancePath,schemaPath:"#/propertyNames",keyword:"propertyNames",params:{propertyName: key0},message:"property name must be valid",schema:schema88.propertyNames,parentSchema:schema88,data};
if(vErrors === null){
vErrors = [err4];
}
else {
vErrors.push(err4);
}
errors++;
}
}
for(const key1 in data){
let data0 = data[key1];
if(typeof data0 === "string"){
if(func2(data0) > 63){
const err5 = {instancePath:instancePath+"/" + key1.replace(/~/g, "~0").replace(/\//g, "~1"),schemaPath:"#/$defs/labelValue/maxLength",keyword:"maxLength",params:{limit: 63},message:"must NOT have more than 63 characters",schema:63,parentSchema:schema90,data:data0};
if(vErrors === null){
vErrors = [err5];
}
else {
vErrors.push(err5);
}
errors++;
}
}
else {
const err6 = {instancePath:instancePath+"/" + key1.replace(/~/g, "~0").replace(/\//g, "~1"),schemaPath:"#/$defs/labelValue/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema90.type,parentSchema:schema90,data:data0};
if(vErrors === null){
vErrors = [err6];
}
else {
vErrors.push(err6);
}
errors++;
}
}
}
else {
const err7 = {instancePath,schemaPath:"#/type",keyword:"type",params:{type: "object"},message:"must be object",schema:schema88.type,parentSchema:schema88,data};
if(vErrors === null){
vErrors = [err7];
}
else {
vErrors.push(err7);
}
errors++;
}
validate41.errors = vErrors;
return errors === 0;
}
validate41.evaluated = {"props":true,"dynamicProps":false,"dynamicItems":false};

const schema106 = {"description":"A directory, a URL, or a mapping with exactly one of `directory`, `url` and `registry`.","anyOf":[{"type":"string","minLength":1,"maxLength":2048},{"type":"object","additionalProperties":false,"properties":{"directory":{"description":"Directory on the host that has image files, and their signatures beside them.","$ref":"#/$defs/hostPath","examples":["/srv/images"]},"url":{"description":"URL that image files are below, or a template with {file}, {name}, {version}, {sha256}.","$ref":"#/$defs/imageUrl","examples":["https://images.example.org/{name}/{file}"]},"mirrors":{"description":"More URLs of the same form, asked in order when the one before fails. The same credentials are for all of them.","type":"array","maxItems":8,"items":{"$ref":"#/$defs/imageUrl"},"default":[],"examples":[["https://mirror.example.org/racks"]]},"delta":{"description":"`zsync`: of a new image only what an older one on this host lacks is downloaded, where a control file (`<image>.zsync`) lies beside the image on the server; else all of it, which is told. Needs zsync on the host, where it runs without rights and without a network. Only with `url`.","enum":["none","zsync"],"default":"none","examples":["zsync"]},"registry":{"description":"`host[:port]/repository` of an OCI registry; the image is its blob of that sha256, as `rackops image push` puts it there.","$ref":"#/$defs/registryRepository","examples":["registry.example.org/racks/webserver"]},"auth":{"description":"Credentials, as files of root with mode 0600; read again for each download. They are sent to the host that is written here and to no other.","type":"object","additionalProperties":false,"properties":{"tokenFile":{"description":"File with a bearer token.","$ref":"#/$defs/hostPath","examples":["/etc/rackops/images-token"]},"usernameFile":{"description":"File with the user name, for basic authentication.","$ref":"#/$defs/hostPath","examples":["/etc/rackops/images-user"]},"passwordFile":{"description":"File with the password, for basic authentication.","$ref":"#/$defs/hostPath","examples":["/etc/rackops/images-password"]}}},"headers":{"description":"Further request headers, each with its value in a file of root with mode 0600. They are sent to no other host either.","type":"object","maxProperties":16,"propertyNames":{"$ref":"#/$defs/headerName"},"additionalProperties":{"$ref":"#/$defs/headerFile"},"examples":[{"X-Api-Key":{"file":"/etc/rackops/images-key"}}]},"caFile":{"description":"Certificates that are trusted for this source instead of the system's, as PEM.","$ref":"#/$defs/hostPath","examples":["/etc/rackops/images-ca.pem"]},"insecure":{"description":"Allow http:// without TLS. The sha256 still decides which bytes are used, but everybody on the way sees them; credentials are refused then, but for a loopback address.","type":"boolean","default":false,"examples":[true]},"realms":{"description":"Other hosts, as `host[:port]`, that this registry may send us to for a token, with the credentials.","type":"array","maxItems":8,"items":{"$ref":"#/$defs/hostPort"},"default":[],"examples":[["auth.example.org"]]},"verify":{"description":"Signatures for images of this source, instead of `images.verify`.","$ref":"#/$defs/imageVerify","examples":[{"keys":["/etc/rackops/keys/release.pub"]}]}}}]};
const schema108 = {"description":"https:// (with `insecure` also http://), without credentials.","type":"string","minLength":1,"maxLength":2048};
const schema110 = {"description":"`host[:port]/repository`, lower case.","type":"string","maxLength":512,"pattern":"^[A-Za-z0-9][A-Za-z0-9.-]*(:[0-9]{1,5})?(/[a-z0-9]+(([._]|__|-+)[a-z0-9]+)*)+$"};
const schema114 = {"description":"Name of a request header.","type":"string","maxLength":64,"pattern":"^[A-Za-z][A-Za-z0-9-]*$"};
const schema118 = {"description":"`host` or `host:port`.","type":"string","maxLength":260,"pattern":"^[A-Za-z0-9][A-Za-z0-9.-]*(:[0-9]{1,5})?$"};
const pattern56 = new RegExp("^[A-Za-z0-9][A-Za-z0-9.-]*(:[0-9]{1,5})?(/[a-z0-9]+(([._]|__|-+)[a-z0-9]+)*)+$", "u");
const pattern60 = new RegExp("^[A-Za-z][A-Za-z0-9-]*$", "u");
const pattern63 = new RegExp("^[A-Za-z0-9][A-Za-z0-9.-]*(:[0-9]{1,5})?$", "u");
const schema115 = {"description":"The file with the header's value.","type":"object","additionalProperties":false,"required":["file"],"properties":{"file":{"description":"File of root, mode 0600, one line.","$ref":"#/$defs/hostPath","examples":["/etc/rackops/images-key"]}}};

function validate44(data, {instancePath="", parentData, parentDataProperty, rootData=data, dynamicAnchors={}}={}){
let vErrors = null;
let errors = 0;
const evaluated0 = validate44.evaluated;
if(evaluated0.dynamicProps){
evaluated0.props = undefined;
}
if(evaluated0.dynamicItems){
evaluated0.items = undefined;
}
if(data && typeof data == "object" && !Array.isArray(data)){
if(data.file === undefined){
const err0 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "file"},message:"must have required property '"+"file"+"'",schema:schema115.required,parentSchema:schema115,data};
if(vErrors === null){
vErrors = [err0];
}
else {
vErrors.push(err0);
}
errors++;
}
for(const key0 in data){
if(!(key0 === "file")){
const err1 = {instancePath,schemaPath:"#/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key0},message:"must NOT have additional properties",schema:false,parentSchema:schema115,data};
if(vErrors === null){
vErrors = [err1];
}
else {
vErrors.push(err1);
}
errors++;
}
}
if(data.file !== undefined){
let data0 = data.file;
if(typeof data0 === "string"){
if(func2(data0) > 4095){
const err2 = {instancePath:instancePath+"/file",schemaPath:"#/$defs/hostPath/maxLength",keyword:"maxLength",params:{limit: 4095},message:"must NOT have more than 4095 characters",schema:4095,parentSchema:schema95,data:data0};
if(vErrors === null){
vErrors = [err2];
}
else {
vErrors.push(err2);
}
errors++;
}
if(!pattern10.test(data0)){
const err3 = {instancePath:instancePath+"/file",schemaPath:"#/$defs/hostPath/pattern",keyword:"pattern",params:{pattern: "^/"},message:"must match pattern \""+"^/"+"\"",schema:"^/",parentSchema:schema95,data:data0};
if(vErrors === null){
vErrors = [err3];
}
else {
vErrors.push(err3);
}
errors++;
}
}
else {
const err4 = {instancePath:instancePath+"/file",schemaPath:"#/$defs/hostPath/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema95.type,parentSchema:schema95,data:data0};
if(vErrors === null){
vErrors = [err4];
}
else {
vErrors.push(err4);
}
errors++;
}
}
}
else {
const err5 = {instancePath,schemaPath:"#/type",keyword:"type",params:{type: "object"},message:"must be object",schema:schema115.type,parentSchema:schema115,data};
if(vErrors === null){
vErrors = [err5];
}
else {
vErrors.push(err5);
}
errors++;
}
validate44.errors = vErrors;
return errors === 0;
}
validate44.evaluated = {"props":true,"dynamicProps":false,"dynamicItems":false};

const schema119 = {"description":"Which minisign keys must have signed an image: a detached `FILE.minisig` beside it, whose trusted comment has `file:FILE`.","type":"object","additionalProperties":false,"required":["keys"],"properties":{"keys":{"description":"Public keys (minisign), as files that only root can write; any one of them will do.","type":"array","minItems":1,"maxItems":16,"items":{"$ref":"#/$defs/hostPath"},"examples":[["/etc/rackops/keys/release.pub"]]},"required":{"description":"With `false` an image without a signature is taken all the same; a wrong signature never is.","type":"boolean","default":true,"examples":[true]}}};

function validate46(data, {instancePath="", parentData, parentDataProperty, rootData=data, dynamicAnchors={}}={}){
let vErrors = null;
let errors = 0;
const evaluated0 = validate46.evaluated;
if(evaluated0.dynamicProps){
evaluated0.props = undefined;
}
if(evaluated0.dynamicItems){
evaluated0.items = undefined;
}
if(data && typeof data == "object" && !Array.isArray(data)){
if(data.keys === undefined){
const err0 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "keys"},message:"must have required property '"+"keys"+"'",schema:schema119.required,parentSchema:schema119,data};
if(vErrors === null){
vErrors = [err0];
}
else {
vErrors.push(err0);
}
errors++;
}
for(const key0 in data){
if(!((key0 === "keys") || (key0 === "required"))){
const err1 = {instancePath,schemaPath:"#/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key0},message:"must NOT have additional properties",schema:false,parentSchema:schema119,data};
if(vErrors === null){
vErrors = [err1];
}
else {
vErrors.push(err1);
}
errors++;
}
}
if(data.keys !== undefined){
let data0 = data.keys;
if(Array.isArray(data0)){
if(data0.length > 16){
const err2 = {instancePath:instancePath+"/keys",schemaPath:"#/properties/keys/maxItems",keyword:"maxItems",params:{limit: 16},message:"must NOT have more than 16 items",schema:16,parentSchema:schema119.properties.keys,data:data0};
if(vErrors === null){
vErrors = [err2];
}
else {
vErrors.push(err2);
}
errors++;
}
if(data0.length < 1){
const err3 = {instancePath:instancePath+"/keys",schemaPath:"#/properties/keys/minItems",keyword:"minItems",params:{limit: 1},message:"must NOT have fewer than 1 items",schema:1,parentSchema:schema119.properties.keys,data:data0};
if(vErrors === null){
vErrors = [err3];
}
else {
vErrors.push(err3);
}
errors++;
}
const len0 = data0.length;
for(let i0=0; i0<len0; i0++){
let data1 = data0[i0];
if(typeof data1 === "string"){
if(func2(data1) > 4095){
const err4 = {instancePath:instancePath+"/keys/" + i0,schemaPath:"#/$defs/hostPath/maxLength",keyword:"maxLength",params:{limit: 4095},message:"must NOT have more than 4095 characters",schema:4095,parentSchema:schema95,data:data1};
if(vErrors === null){
vErrors = [err4];
}
else {
vErrors.push(err4);
}
errors++;
}
if(!pattern10.test(data1)){
const err5 = {instancePath:instancePath+"/keys/" + i0,schemaPath:"#/$defs/hostPath/pattern",keyword:"pattern",params:{pattern: "^/"},message:"must match pattern \""+"^/"+"\"",schema:"^/",parentSchema:schema95,data:data1};
if(vErrors === null){
vErrors = [err5];
}
else {
vErrors.push(err5);
}
errors++;
}
}
else {
const err6 = {instancePath:instancePath+"/keys/" + i0,schemaPath:"#/$defs/hostPath/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema95.type,parentSchema:schema95,data:data1};
if(vErrors === null){
vErrors = [err6];
}
else {
vErrors.push(err6);
}
errors++;
}
}
}
else {
const err7 = {instancePath:instancePath+"/keys",schemaPath:"#/properties/keys/type",keyword:"type",params:{type: "array"},message:"must be array",schema:schema119.properties.keys.type,parentSchema:schema119.properties.keys,data:data0};
if(vErrors === null){
vErrors = [err7];
}
else {
vErrors.push(err7);
}
errors++;
}
}
if(data.required !== undefined){
let data2 = data.required;
if(typeof data2 !== "boolean"){
const err8 = {instancePath:instancePath+"/required",schemaPath:"#/properties/required/type",keyword:"type",params:{type: "boolean"},message:"must be boolean",schema:schema119.properties.required.type,parentSchema:schema119.properties.required,data:data2};
if(vErrors === null){
vErrors = [err8];
}
else {
vErrors.push(err8);
}
errors++;
}
}
}
else {
const err9 = {instancePath,schemaPath:"#/type",keyword:"type",params:{type: "object"},message:"must be object",schema:schema119.type,parentSchema:schema119,data};
if(vErrors === null){
vErrors = [err9];
}
else {
vErrors.push(err9);
}
errors++;
}
validate46.errors = vErrors;
return errors === 0;
}
validate46.evaluated = {"props":true,"dynamicProps":false,"dynamicItems":false};


function validate43(data, {instancePath="", parentData, parentDataProperty, rootData=data, dynamicAnchors={}}={}){
let vErrors = null;
let errors = 0;
const evaluated0 = validate43.evaluated;
if(evaluated0.dynamicProps){
evaluated0.props = undefined;
}
if(evaluated0.dynamicItems){
evaluated0.items = undefined;
}
const _errs0 = errors;
let valid0 = false;
const _errs1 = errors;
if(typeof data === "string"){
if(func2(data) > 2048){
const err0 = {instancePath,schemaPath:"#/anyOf/0/maxLength",keyword:"maxLength",params:{limit: 2048},message:"must NOT have more than 2048 characters",schema:2048,parentSchema:schema106.anyOf[0],data};
if(vErrors === null){
vErrors = [err0];
}
else {
vErrors.push(err0);
}
errors++;
}
if(func2(data) < 1){
const err1 = {instancePath,schemaPath:"#/anyOf/0/minLength",keyword:"minLength",params:{limit: 1},message:"must NOT have fewer than 1 characters",schema:1,parentSchema:schema106.anyOf[0],data};
if(vErrors === null){
vErrors = [err1];
}
else {
vErrors.push(err1);
}
errors++;
}
}
else {
const err2 = {instancePath,schemaPath:"#/anyOf/0/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema106.anyOf[0].type,parentSchema:schema106.anyOf[0],data};
if(vErrors === null){
vErrors = [err2];
}
else {
vErrors.push(err2);
}
errors++;
}
var _valid0 = _errs1 === errors;
valid0 = valid0 || _valid0;
const _errs3 = errors;
if(data && typeof data == "object" && !Array.isArray(data)){
for(const key0 in data){
if(!(func1.call(schema106.anyOf[1].properties, key0))){
const err3 = {instancePath,schemaPath:"#/anyOf/1/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key0},message:"must NOT have additional properties",schema:false,parentSchema:schema106.anyOf[1],data};
if(vErrors === null){
vErrors = [err3];
}
else {
vErrors.push(err3);
}
errors++;
}
}
if(data.directory !== undefined){
let data0 = data.directory;
if(typeof data0 === "string"){
if(func2(data0) > 4095){
const err4 = {instancePath:instancePath+"/directory",schemaPath:"#/$defs/hostPath/maxLength",keyword:"maxLength",params:{limit: 4095},message:"must NOT have more than 4095 characters",schema:4095,parentSchema:schema95,data:data0};
if(vErrors === null){
vErrors = [err4];
}
else {
vErrors.push(err4);
}
errors++;
}
if(!pattern10.test(data0)){
const err5 = {instancePath:instancePath+"/directory",schemaPath:"#/$defs/hostPath/pattern",keyword:"pattern",params:{pattern: "^/"},message:"must match pattern \""+"^/"+"\"",schema:"^/",parentSchema:schema95,data:data0};
if(vErrors === null){
vErrors = [err5];
}
else {
vErrors.push(err5);
}
errors++;
}
}
else {
const err6 = {instancePath:instancePath+"/directory",schemaPath:"#/$defs/hostPath/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema95.type,parentSchema:schema95,data:data0};
if(vErrors === null){
vErrors = [err6];
}
else {
vErrors.push(err6);
}
errors++;
}
}
if(data.url !== undefined){
let data1 = data.url;
if(typeof data1 === "string"){
if(func2(data1) > 2048){
const err7 = {instancePath:instancePath+"/url",schemaPath:"#/$defs/imageUrl/maxLength",keyword:"maxLength",params:{limit: 2048},message:"must NOT have more than 2048 characters",schema:2048,parentSchema:schema108,data:data1};
if(vErrors === null){
vErrors = [err7];
}
else {
vErrors.push(err7);
}
errors++;
}
if(func2(data1) < 1){
const err8 = {instancePath:instancePath+"/url",schemaPath:"#/$defs/imageUrl/minLength",keyword:"minLength",params:{limit: 1},message:"must NOT have fewer than 1 characters",schema:1,parentSchema:schema108,data:data1};
if(vErrors === null){
vErrors = [err8];
}
else {
vErrors.push(err8);
}
errors++;
}
}
else {
const err9 = {instancePath:instancePath+"/url",schemaPath:"#/$defs/imageUrl/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema108.type,parentSchema:schema108,data:data1};
if(vErrors === null){
vErrors = [err9];
}
else {
vErrors.push(err9);
}
errors++;
}
}
if(data.mirrors !== undefined){
let data2 = data.mirrors;
if(Array.isArray(data2)){
if(data2.length > 8){
const err10 = {instancePath:instancePath+"/mirrors",schemaPath:"#/anyOf/1/properties/mirrors/maxItems",keyword:"maxItems",params:{limit: 8},message:"must NOT have more than 8 items",schema:8,parentSchema:schema106.anyOf[1].properties.mirrors,data:data2};
if(vErrors === null){
vErrors = [err10];
}
else {
vErrors.push(err10);
}
errors++;
}
const len0 = data2.length;
for(let i0=0; i0<len0; i0++){
let data3 = data2[i0];
if(typeof data3 === "string"){
if(func2(data3) > 2048){
const err11 = {instancePath:instancePath+"/mirrors/" + i0,schemaPath:"#/$defs/imageUrl/maxLength",keyword:"maxLength",params:{limit: 2048},message:"must NOT have more than 2048 characters",schema:2048,parentSchema:schema108,data:data3};
if(vErrors === null){
vErrors = [err11];
}
else {
vErrors.push(err11);
}
errors++;
}
if(func2(data3) < 1){
const err12 = {instancePath:instancePath+"/mirrors/" + i0,schemaPath:"#/$defs/imageUrl/minLength",keyword:"minLength",params:{limit: 1},message:"must NOT have fewer than 1 characters",schema:1,parentSchema:schema108,data:data3};
if(vErrors === null){
vErrors = [err12];
}
else {
vErrors.push(err12);
}
errors++;
}
}
else {
const err13 = {instancePath:instancePath+"/mirrors/" + i0,schemaPath:"#/$defs/imageUrl/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema108.type,parentSchema:schema108,data:data3};
if(vErrors === null){
vErrors = [err13];
}
else {
vErrors.push(err13);
}
errors++;
}
}
}
else {
const err14 = {instancePath:instancePath+"/mirrors",schemaPath:"#/anyOf/1/properties/mirrors/type",keyword:"type",params:{type: "array"},message:"must be array",schema:schema106.anyOf[1].properties.mirrors.type,parentSchema:schema106.anyOf[1].properties.mirrors,data:data2};
if(vErrors === null){
vErrors = [err14];
}
else {
vErrors.push(err14);
}
errors++;
}
}
if(data.delta !== undefined){
let data4 = data.delta;
if(!((data4 === "none") || (data4 === "zsync"))){
const err15 = {instancePath:instancePath+"/delta",schemaPath:"#/anyOf/1/properties/delta/enum",keyword:"enum",params:{allowedValues: schema106.anyOf[1].properties.delta.enum},message:"must be equal to one of the allowed values",schema:schema106.anyOf[1].properties.delta.enum,parentSchema:schema106.anyOf[1].properties.delta,data:data4};
if(vErrors === null){
vErrors = [err15];
}
else {
vErrors.push(err15);
}
errors++;
}
}
if(data.registry !== undefined){
let data5 = data.registry;
if(typeof data5 === "string"){
if(func2(data5) > 512){
const err16 = {instancePath:instancePath+"/registry",schemaPath:"#/$defs/registryRepository/maxLength",keyword:"maxLength",params:{limit: 512},message:"must NOT have more than 512 characters",schema:512,parentSchema:schema110,data:data5};
if(vErrors === null){
vErrors = [err16];
}
else {
vErrors.push(err16);
}
errors++;
}
if(!pattern56.test(data5)){
const err17 = {instancePath:instancePath+"/registry",schemaPath:"#/$defs/registryRepository/pattern",keyword:"pattern",params:{pattern: "^[A-Za-z0-9][A-Za-z0-9.-]*(:[0-9]{1,5})?(/[a-z0-9]+(([._]|__|-+)[a-z0-9]+)*)+$"},message:"must match pattern \""+"^[A-Za-z0-9][A-Za-z0-9.-]*(:[0-9]{1,5})?(/[a-z0-9]+(([._]|__|-+)[a-z0-9]+)*)+$"+"\"",schema:"^[A-Za-z0-9][A-Za-z0-9.-]*(:[0-9]{1,5})?(/[a-z0-9]+(([._]|__|-+)[a-z0-9]+)*)+$",parentSchema:schema110,data:data5};
if(vErrors === null){
vErrors = [err17];
}
else {
vErrors.push(err17);
}
errors++;
}
}
else {
const err18 = {instancePath:instancePath+"/registry",schemaPath:"#/$defs/registryRepository/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema110.type,parentSchema:schema110,data:data5};
if(vErrors === null){
vErrors = [err18];
}
else {
vErrors.push(err18);
}
errors++;
}
}
if(data.auth !== undefined){
let data6 = data.auth;
if(data6 && typeof data6 == "object" && !Array.isArray(data6)){
for(const key1 in data6){
if(!(((key1 === "tokenFile") || (key1 === "usernameFile")) || (key1 === "passwordFile"))){
const err19 = {instancePath:instancePath+"/auth",schemaPath:"#/anyOf/1/properties/auth/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key1},message:"must NOT have additional properties",schema:false,parentSchema:schema106.anyOf[1].properties.auth,data:data6};
if(vErrors === null){
vErrors = [err19];
}
else {
vErrors.push(err19);
}
errors++;
}
}
if(data6.tokenFile !== undefined){
let data7 = data6.tokenFile;
if(typeof data7 === "string"){
if(func2(data7) > 4095){
const err20 = {instancePath:instancePath+"/auth/tokenFile",schemaPath:"#/$defs/hostPath/maxLength",keyword:"maxLength",params:{limit: 4095},message:"must NOT have more than 4095 characters",schema:4095,parentSchema:schema95,data:data7};
if(vErrors === null){
vErrors = [err20];
}
else {
vErrors.push(err20);
}
errors++;
}
if(!pattern10.test(data7)){
const err21 = {instancePath:instancePath+"/auth/tokenFile",schemaPath:"#/$defs/hostPath/pattern",keyword:"pattern",params:{pattern: "^/"},message:"must match pattern \""+"^/"+"\"",schema:"^/",parentSchema:schema95,data:data7};
if(vErrors === null){
vErrors = [err21];
}
else {
vErrors.push(err21);
}
errors++;
}
}
else {
const err22 = {instancePath:instancePath+"/auth/tokenFile",schemaPath:"#/$defs/hostPath/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema95.type,parentSchema:schema95,data:data7};
if(vErrors === null){
vErrors = [err22];
}
else {
vErrors.push(err22);
}
errors++;
}
}
if(data6.usernameFile !== undefined){
let data8 = data6.usernameFile;
if(typeof data8 === "string"){
if(func2(data8) > 4095){
const err23 = {instancePath:instancePath+"/auth/usernameFile",schemaPath:"#/$defs/hostPath/maxLength",keyword:"maxLength",params:{limit: 4095},message:"must NOT have more than 4095 characters",schema:4095,parentSchema:schema95,data:data8};
if(vErrors === null){
vErrors = [err23];
}
else {
vErrors.push(err23);
}
errors++;
}
if(!pattern10.test(data8)){
const err24 = {instancePath:instancePath+"/auth/usernameFile",schemaPath:"#/$defs/hostPath/pattern",keyword:"pattern",params:{pattern: "^/"},message:"must match pattern \""+"^/"+"\"",schema:"^/",parentSchema:schema95,data:data8};
if(vErrors === null){
vErrors = [err24];
}
else {
vErrors.push(err24);
}
errors++;
}
}
else {
const err25 = {instancePath:instancePath+"/auth/usernameFile",schemaPath:"#/$defs/hostPath/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema95.type,parentSchema:schema95,data:data8};
if(vErrors === null){
vErrors = [err25];
}
else {
vErrors.push(err25);
}
errors++;
}
}
if(data6.passwordFile !== undefined){
let data9 = data6.passwordFile;
if(typeof data9 === "string"){
if(func2(data9) > 4095){
const err26 = {instancePath:instancePath+"/auth/passwordFile",schemaPath:"#/$defs/hostPath/maxLength",keyword:"maxLength",params:{limit: 4095},message:"must NOT have more than 4095 characters",schema:4095,parentSchema:schema95,data:data9};
if(vErrors === null){
vErrors = [err26];
}
else {
vErrors.push(err26);
}
errors++;
}
if(!pattern10.test(data9)){
const err27 = {instancePath:instancePath+"/auth/passwordFile",schemaPath:"#/$defs/hostPath/pattern",keyword:"pattern",params:{pattern: "^/"},message:"must match pattern \""+"^/"+"\"",schema:"^/",parentSchema:schema95,data:data9};
if(vErrors === null){
vErrors = [err27];
}
else {
vErrors.push(err27);
}
errors++;
}
}
else {
const err28 = {instancePath:instancePath+"/auth/passwordFile",schemaPath:"#/$defs/hostPath/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema95.type,parentSchema:schema95,data:data9};
if(vErrors === null){
vErrors = [err28];
}
else {
vErrors.push(err28);
}
errors++;
}
}
}
else {
const err29 = {instancePath:instancePath+"/auth",schemaPath:"#/anyOf/1/properties/auth/type",keyword:"type",params:{type: "object"},message:"must be object",schema:schema106.anyOf[1].properties.auth.type,parentSchema:schema106.anyOf[1].properties.auth,data:data6};
if(vErrors === null){
vErrors = [err29];
}
else {
vErrors.push(err29);
}
errors++;
}
}
if(data.headers !== undefined){
let data10 = data.headers;
if(data10 && typeof data10 == "object" && !Array.isArray(data10)){
if(Object.keys(data10).length > 16){
const err30 = {instancePath:instancePath+"/headers",schemaPath:"#/anyOf/1/properties/headers/maxProperties",keyword:"maxProperties",params:{limit: 16},message:"must NOT have more than 16 properties",schema:16,parentSchema:schema106.anyOf[1].properties.headers,data:data10};
if(vErrors === null){
vErrors = [err30];
}
else {
vErrors.push(err30);
}
errors++;
}
for(const key2 in data10){
const _errs35 = errors;
if(typeof key2 === "string"){
if(func2(key2) > 64){
const err31 = {instancePath:instancePath+"/headers",schemaPath:"#/$defs/headerName/maxLength",keyword:"maxLength",params:{limit: 64},message:"must NOT have more than 64 characters",schema:64,parentSchema:schema114,data:key2,propertyName:key2};
if(vErrors === null){
vErrors = [err31];
}
else {
vErrors.push(err31);
}
errors++;
}
if(!pattern60.test(key2)){
const err32 = {instancePath:instancePath+"/headers",schemaPath:"#/$defs/headerName/pattern",keyword:"pattern",params:{pattern: "^[A-Za-z][A-Za-z0-9-]*$"},message:"must match pattern \""+"^[A-Za-z][A-Za-z0-9-]*$"+"\"",schema:"^[A-Za-z][A-Za-z0-9-]*$",parentSchema:schema114,data:key2,propertyName:key2};
if(vErrors === null){
vErrors = [err32];
}
else {
vErrors.push(err32);
}
errors++;
}
}
else {
const err33 = {instancePath:instancePath+"/headers",schemaPath:"#/$defs/headerName/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema114.type,parentSchema:schema114,data:key2,propertyName:key2};
if(vErrors === null){
vErrors = [err33];
}
else {
vErrors.push(err33);
}
errors++;
}
var valid12 = _errs35 === errors;
if(!valid12){
const err34 = {instancePath:instancePath+"/headers",schemaPath:"#/anyOf/1/properties/headers/propertyNames",keyword:"propertyNames",params:{propertyName: key2},message:"property name must be valid",schema:schema106.anyOf[1].properties.headers.propertyNames,parentSchema:schema106.anyOf[1].properties.headers,data:data10};
if(vErrors === null){
vErrors = [err34];
}
else {
vErrors.push(err34);
}
errors++;
}
}
for(const key3 in data10){
if(!(validate44(data10[key3], {instancePath:instancePath+"/headers/" + key3.replace(/~/g, "~0").replace(/\//g, "~1"),parentData:data10,parentDataProperty:key3,rootData,dynamicAnchors}))){
vErrors = vErrors === null ? validate44.errors : vErrors.concat(validate44.errors);
errors = vErrors.length;
}
}
}
else {
const err35 = {instancePath:instancePath+"/headers",schemaPath:"#/anyOf/1/properties/headers/type",keyword:"type",params:{type: "object"},message:"must be object",schema:schema106.anyOf[1].properties.headers.type,parentSchema:schema106.anyOf[1].properties.headers,data:data10};
if(vErrors === null){
vErrors = [err35];
}
else {
vErrors.push(err35);
}
errors++;
}
}
if(data.caFile !== undefined){
let data12 = data.caFile;
if(typeof data12 === "string"){
if(func2(data12) > 4095){
const err36 = {instancePath:instancePath+"/caFile",schemaPath:"#/$defs/hostPath/maxLength",keyword:"maxLength",params:{limit: 4095},message:"must NOT have more than 4095 characters",schema:4095,parentSchema:schema95,data:data12};
if(vErrors === null){
vErrors = [err36];
}
else {
vErrors.push(err36);
}
errors++;
}
if(!pattern10.test(data12)){
const err37 = {instancePath:instancePath+"/caFile",schemaPath:"#/$defs/hostPath/pattern",keyword:"pattern",params:{pattern: "^/"},message:"must match pattern \""+"^/"+"\"",schema:"^/",parentSchema:schema95,data:data12};
if(vErrors === null){
vErrors = [err37];
}
else {
vErrors.push(err37);
}
errors++;
}
}
else {
const err38 = {instancePath:instancePath+"/caFile",schemaPath:"#/$defs/hostPath/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema95.type,parentSchema:schema95,data:data12};
if(vErrors === null){
vErrors = [err38];
}
else {
vErrors.push(err38);
}
errors++;
}
}
if(data.insecure !== undefined){
let data13 = data.insecure;
if(typeof data13 !== "boolean"){
const err39 = {instancePath:instancePath+"/insecure",schemaPath:"#/anyOf/1/properties/insecure/type",keyword:"type",params:{type: "boolean"},message:"must be boolean",schema:schema106.anyOf[1].properties.insecure.type,parentSchema:schema106.anyOf[1].properties.insecure,data:data13};
if(vErrors === null){
vErrors = [err39];
}
else {
vErrors.push(err39);
}
errors++;
}
}
if(data.realms !== undefined){
let data14 = data.realms;
if(Array.isArray(data14)){
if(data14.length > 8){
const err40 = {instancePath:instancePath+"/realms",schemaPath:"#/anyOf/1/properties/realms/maxItems",keyword:"maxItems",params:{limit: 8},message:"must NOT have more than 8 items",schema:8,parentSchema:schema106.anyOf[1].properties.realms,data:data14};
if(vErrors === null){
vErrors = [err40];
}
else {
vErrors.push(err40);
}
errors++;
}
const len1 = data14.length;
for(let i1=0; i1<len1; i1++){
let data15 = data14[i1];
if(typeof data15 === "string"){
if(func2(data15) > 260){
const err41 = {instancePath:instancePath+"/realms/" + i1,schemaPath:"#/$defs/hostPort/maxLength",keyword:"maxLength",params:{limit: 260},message:"must NOT have more than 260 characters",schema:260,parentSchema:schema118,data:data15};
if(vErrors === null){
vErrors = [err41];
}
else {
vErrors.push(err41);
}
errors++;
}
if(!pattern63.test(data15)){
const err42 = {instancePath:instancePath+"/realms/" + i1,schemaPath:"#/$defs/hostPort/pattern",keyword:"pattern",params:{pattern: "^[A-Za-z0-9][A-Za-z0-9.-]*(:[0-9]{1,5})?$"},message:"must match pattern \""+"^[A-Za-z0-9][A-Za-z0-9.-]*(:[0-9]{1,5})?$"+"\"",schema:"^[A-Za-z0-9][A-Za-z0-9.-]*(:[0-9]{1,5})?$",parentSchema:schema118,data:data15};
if(vErrors === null){
vErrors = [err42];
}
else {
vErrors.push(err42);
}
errors++;
}
}
else {
const err43 = {instancePath:instancePath+"/realms/" + i1,schemaPath:"#/$defs/hostPort/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema118.type,parentSchema:schema118,data:data15};
if(vErrors === null){
vErrors = [err43];
}
else {
vErrors.push(err43);
}
errors++;
}
}
}
else {
const err44 = {instancePath:instancePath+"/realms",schemaPath:"#/anyOf/1/properties/realms/type",keyword:"type",params:{type: "array"},message:"must be array",schema:schema106.anyOf[1].properties.realms.type,parentSchema:schema106.anyOf[1].properties.realms,data:data14};
if(vErrors === null){
vErrors = [err44];
}
else {
vErrors.push(err44);
}
errors++;
}
}
if(data.verify !== undefined){
if(!(validate46(data.verify, {instancePath:instancePath+"/verify",parentData:data,parentDataProperty:"verify",rootData,dynamicAnchors}))){
vErrors = vErrors === null ? validate46.errors : vErrors.concat(validate46.errors);
errors = vErrors.length;
}
}
}
else {
const err45 = {instancePath,schemaPath:"#/anyOf/1/type",keyword:"type",params:{type: "object"},message:"must be object",schema:schema106.anyOf[1].type,parentSchema:schema106.anyOf[1],data};
if(vErrors === null){
vErrors = [err45];
}
else {
vErrors.push(err45);
}
errors++;
}
var _valid0 = _errs3 === errors;
valid0 = valid0 || _valid0;
if(_valid0){
var props0 = true;
}
if(!valid0){
const err46 = {instancePath,schemaPath:"#/anyOf",keyword:"anyOf",params:{},message:"must match a schema in anyOf",schema:schema106.anyOf,parentSchema:schema106,data};
if(vErrors === null){
vErrors = [err46];
}
else {
vErrors.push(err46);
}
errors++;
}
else {
errors = _errs0;
if(vErrors !== null){
if(_errs0){
vErrors.length = _errs0;
}
else {
vErrors = null;
}
}
}
validate43.errors = vErrors;
evaluated0.props = props0;
return errors === 0;
}
validate43.evaluated = {"dynamicProps":true,"dynamicItems":false};


function validate40(data, {instancePath="", parentData, parentDataProperty, rootData=data, dynamicAnchors={}}={}){
/*# sourceURL="https://rackops.invalid/schema/host.schema.json" */;
let vErrors = null;
let errors = 0;
const evaluated0 = validate40.evaluated;
if(evaluated0.dynamicProps){
evaluated0.props = undefined;
}
if(evaluated0.dynamicItems){
evaluated0.items = undefined;
}
if(data && typeof data == "object" && !Array.isArray(data)){
if(data.name === undefined){
const err0 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "name"},message:"must have required property '"+"name"+"'",schema:schema86.required,parentSchema:schema86,data};
if(vErrors === null){
vErrors = [err0];
}
else {
vErrors.push(err0);
}
errors++;
}
if(data.repository === undefined){
const err1 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "repository"},message:"must have required property '"+"repository"+"'",schema:schema86.required,parentSchema:schema86,data};
if(vErrors === null){
vErrors = [err1];
}
else {
vErrors.push(err1);
}
errors++;
}
for(const key0 in data){
if(!(func1.call(schema86.properties, key0))){
const err2 = {instancePath,schemaPath:"#/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key0},message:"must NOT have additional properties",schema:false,parentSchema:schema86,data};
if(vErrors === null){
vErrors = [err2];
}
else {
vErrors.push(err2);
}
errors++;
}
}
if(data.apiVersion !== undefined){
let data0 = data.apiVersion;
if("rackops/v1" !== data0){
const err3 = {instancePath:instancePath+"/apiVersion",schemaPath:"#/properties/apiVersion/const",keyword:"const",params:{allowedValue: "rackops/v1"},message:"must be equal to constant",schema:"rackops/v1",parentSchema:schema86.properties.apiVersion,data:data0};
if(vErrors === null){
vErrors = [err3];
}
else {
vErrors.push(err3);
}
errors++;
}
}
if(data.kind !== undefined){
let data1 = data.kind;
if("Host" !== data1){
const err4 = {instancePath:instancePath+"/kind",schemaPath:"#/properties/kind/const",keyword:"const",params:{allowedValue: "Host"},message:"must be equal to constant",schema:"Host",parentSchema:schema86.properties.kind,data:data1};
if(vErrors === null){
vErrors = [err4];
}
else {
vErrors.push(err4);
}
errors++;
}
}
if(data.name !== undefined){
let data2 = data.name;
if(typeof data2 === "string"){
if(func2(data2) > 63){
const err5 = {instancePath:instancePath+"/name",schemaPath:"#/$defs/hostName/maxLength",keyword:"maxLength",params:{limit: 63},message:"must NOT have more than 63 characters",schema:63,parentSchema:schema87,data:data2};
if(vErrors === null){
vErrors = [err5];
}
else {
vErrors.push(err5);
}
errors++;
}
if(!pattern40.test(data2)){
const err6 = {instancePath:instancePath+"/name",schemaPath:"#/$defs/hostName/pattern",keyword:"pattern",params:{pattern: "^[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?$"},message:"must match pattern \""+"^[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?$"+"\"",schema:"^[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?$",parentSchema:schema87,data:data2};
if(vErrors === null){
vErrors = [err6];
}
else {
vErrors.push(err6);
}
errors++;
}
}
else {
const err7 = {instancePath:instancePath+"/name",schemaPath:"#/$defs/hostName/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema87.type,parentSchema:schema87,data:data2};
if(vErrors === null){
vErrors = [err7];
}
else {
vErrors.push(err7);
}
errors++;
}
}
if(data.labels !== undefined){
if(!(validate41(data.labels, {instancePath:instancePath+"/labels",parentData:data,parentDataProperty:"labels",rootData,dynamicAnchors}))){
vErrors = vErrors === null ? validate41.errors : vErrors.concat(validate41.errors);
errors = vErrors.length;
}
}
if(data.repository !== undefined){
let data4 = data.repository;
if(data4 && typeof data4 == "object" && !Array.isArray(data4)){
if(data4.url === undefined){
const err8 = {instancePath:instancePath+"/repository",schemaPath:"#/properties/repository/required",keyword:"required",params:{missingProperty: "url"},message:"must have required property '"+"url"+"'",schema:schema86.properties.repository.required,parentSchema:schema86.properties.repository,data:data4};
if(vErrors === null){
vErrors = [err8];
}
else {
vErrors.push(err8);
}
errors++;
}
for(const key1 in data4){
if(!(((((((key1 === "url") || (key1 === "branch")) || (key1 === "path")) || (key1 === "poll")) || (key1 === "timeout")) || (key1 === "auth")) || (key1 === "verify"))){
const err9 = {instancePath:instancePath+"/repository",schemaPath:"#/properties/repository/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key1},message:"must NOT have additional properties",schema:false,parentSchema:schema86.properties.repository,data:data4};
if(vErrors === null){
vErrors = [err9];
}
else {
vErrors.push(err9);
}
errors++;
}
}
if(data4.url !== undefined){
let data5 = data4.url;
if(typeof data5 === "string"){
if(func2(data5) > 2048){
const err10 = {instancePath:instancePath+"/repository/url",schemaPath:"#/properties/repository/properties/url/maxLength",keyword:"maxLength",params:{limit: 2048},message:"must NOT have more than 2048 characters",schema:2048,parentSchema:schema86.properties.repository.properties.url,data:data5};
if(vErrors === null){
vErrors = [err10];
}
else {
vErrors.push(err10);
}
errors++;
}
if(func2(data5) < 1){
const err11 = {instancePath:instancePath+"/repository/url",schemaPath:"#/properties/repository/properties/url/minLength",keyword:"minLength",params:{limit: 1},message:"must NOT have fewer than 1 characters",schema:1,parentSchema:schema86.properties.repository.properties.url,data:data5};
if(vErrors === null){
vErrors = [err11];
}
else {
vErrors.push(err11);
}
errors++;
}
}
else {
const err12 = {instancePath:instancePath+"/repository/url",schemaPath:"#/properties/repository/properties/url/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema86.properties.repository.properties.url.type,parentSchema:schema86.properties.repository.properties.url,data:data5};
if(vErrors === null){
vErrors = [err12];
}
else {
vErrors.push(err12);
}
errors++;
}
}
if(data4.branch !== undefined){
let data6 = data4.branch;
if(typeof data6 === "string"){
if(func2(data6) > 200){
const err13 = {instancePath:instancePath+"/repository/branch",schemaPath:"#/$defs/branch/maxLength",keyword:"maxLength",params:{limit: 200},message:"must NOT have more than 200 characters",schema:200,parentSchema:schema91,data:data6};
if(vErrors === null){
vErrors = [err13];
}
else {
vErrors.push(err13);
}
errors++;
}
if(func2(data6) < 1){
const err14 = {instancePath:instancePath+"/repository/branch",schemaPath:"#/$defs/branch/minLength",keyword:"minLength",params:{limit: 1},message:"must NOT have fewer than 1 characters",schema:1,parentSchema:schema91,data:data6};
if(vErrors === null){
vErrors = [err14];
}
else {
vErrors.push(err14);
}
errors++;
}
}
else {
const err15 = {instancePath:instancePath+"/repository/branch",schemaPath:"#/$defs/branch/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema91.type,parentSchema:schema91,data:data6};
if(vErrors === null){
vErrors = [err15];
}
else {
vErrors.push(err15);
}
errors++;
}
}
if(data4.path !== undefined){
let data7 = data4.path;
if(typeof data7 === "string"){
if(func2(data7) > 1024){
const err16 = {instancePath:instancePath+"/repository/path",schemaPath:"#/$defs/repositoryPath/maxLength",keyword:"maxLength",params:{limit: 1024},message:"must NOT have more than 1024 characters",schema:1024,parentSchema:schema92,data:data7};
if(vErrors === null){
vErrors = [err16];
}
else {
vErrors.push(err16);
}
errors++;
}
if(func2(data7) < 1){
const err17 = {instancePath:instancePath+"/repository/path",schemaPath:"#/$defs/repositoryPath/minLength",keyword:"minLength",params:{limit: 1},message:"must NOT have fewer than 1 characters",schema:1,parentSchema:schema92,data:data7};
if(vErrors === null){
vErrors = [err17];
}
else {
vErrors.push(err17);
}
errors++;
}
if(!pattern14.test(data7)){
const err18 = {instancePath:instancePath+"/repository/path",schemaPath:"#/$defs/repositoryPath/pattern",keyword:"pattern",params:{pattern: "^[^/]"},message:"must match pattern \""+"^[^/]"+"\"",schema:"^[^/]",parentSchema:schema92,data:data7};
if(vErrors === null){
vErrors = [err18];
}
else {
vErrors.push(err18);
}
errors++;
}
}
else {
const err19 = {instancePath:instancePath+"/repository/path",schemaPath:"#/$defs/repositoryPath/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema92.type,parentSchema:schema92,data:data7};
if(vErrors === null){
vErrors = [err19];
}
else {
vErrors.push(err19);
}
errors++;
}
}
if(data4.poll !== undefined){
let data8 = data4.poll;
if(typeof data8 === "string"){
if(func2(data8) > 128){
const err20 = {instancePath:instancePath+"/repository/poll",schemaPath:"#/$defs/cron/maxLength",keyword:"maxLength",params:{limit: 128},message:"must NOT have more than 128 characters",schema:128,parentSchema:schema93,data:data8};
if(vErrors === null){
vErrors = [err20];
}
else {
vErrors.push(err20);
}
errors++;
}
if(func2(data8) < 1){
const err21 = {instancePath:instancePath+"/repository/poll",schemaPath:"#/$defs/cron/minLength",keyword:"minLength",params:{limit: 1},message:"must NOT have fewer than 1 characters",schema:1,parentSchema:schema93,data:data8};
if(vErrors === null){
vErrors = [err21];
}
else {
vErrors.push(err21);
}
errors++;
}
}
else {
const err22 = {instancePath:instancePath+"/repository/poll",schemaPath:"#/$defs/cron/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema93.type,parentSchema:schema93,data:data8};
if(vErrors === null){
vErrors = [err22];
}
else {
vErrors.push(err22);
}
errors++;
}
}
if(data4.timeout !== undefined){
let data9 = data4.timeout;
if(typeof data9 === "string"){
if(func2(data9) > 16){
const err23 = {instancePath:instancePath+"/repository/timeout",schemaPath:"#/$defs/duration/maxLength",keyword:"maxLength",params:{limit: 16},message:"must NOT have more than 16 characters",schema:16,parentSchema:schema94,data:data9};
if(vErrors === null){
vErrors = [err23];
}
else {
vErrors.push(err23);
}
errors++;
}
if(!pattern23.test(data9)){
const err24 = {instancePath:instancePath+"/repository/timeout",schemaPath:"#/$defs/duration/pattern",keyword:"pattern",params:{pattern: "^[0-9]{1,9}(\\.[0-9]{1,3})?(ms|s|m|h)$"},message:"must match pattern \""+"^[0-9]{1,9}(\\.[0-9]{1,3})?(ms|s|m|h)$"+"\"",schema:"^[0-9]{1,9}(\\.[0-9]{1,3})?(ms|s|m|h)$",parentSchema:schema94,data:data9};
if(vErrors === null){
vErrors = [err24];
}
else {
vErrors.push(err24);
}
errors++;
}
}
else {
const err25 = {instancePath:instancePath+"/repository/timeout",schemaPath:"#/$defs/duration/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema94.type,parentSchema:schema94,data:data9};
if(vErrors === null){
vErrors = [err25];
}
else {
vErrors.push(err25);
}
errors++;
}
}
if(data4.auth !== undefined){
let data10 = data4.auth;
if(data10 && typeof data10 == "object" && !Array.isArray(data10)){
for(const key2 in data10){
if(!((((key2 === "tokenFile") || (key2 === "usernameFile")) || (key2 === "sshKeyFile")) || (key2 === "knownHostsFile"))){
const err26 = {instancePath:instancePath+"/repository/auth",schemaPath:"#/properties/repository/properties/auth/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key2},message:"must NOT have additional properties",schema:false,parentSchema:schema86.properties.repository.properties.auth,data:data10};
if(vErrors === null){
vErrors = [err26];
}
else {
vErrors.push(err26);
}
errors++;
}
}
if(data10.tokenFile !== undefined){
let data11 = data10.tokenFile;
if(typeof data11 === "string"){
if(func2(data11) > 4095){
const err27 = {instancePath:instancePath+"/repository/auth/tokenFile",schemaPath:"#/$defs/hostPath/maxLength",keyword:"maxLength",params:{limit: 4095},message:"must NOT have more than 4095 characters",schema:4095,parentSchema:schema95,data:data11};
if(vErrors === null){
vErrors = [err27];
}
else {
vErrors.push(err27);
}
errors++;
}
if(!pattern10.test(data11)){
const err28 = {instancePath:instancePath+"/repository/auth/tokenFile",schemaPath:"#/$defs/hostPath/pattern",keyword:"pattern",params:{pattern: "^/"},message:"must match pattern \""+"^/"+"\"",schema:"^/",parentSchema:schema95,data:data11};
if(vErrors === null){
vErrors = [err28];
}
else {
vErrors.push(err28);
}
errors++;
}
}
else {
const err29 = {instancePath:instancePath+"/repository/auth/tokenFile",schemaPath:"#/$defs/hostPath/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema95.type,parentSchema:schema95,data:data11};
if(vErrors === null){
vErrors = [err29];
}
else {
vErrors.push(err29);
}
errors++;
}
}
if(data10.usernameFile !== undefined){
let data12 = data10.usernameFile;
if(typeof data12 === "string"){
if(func2(data12) > 4095){
const err30 = {instancePath:instancePath+"/repository/auth/usernameFile",schemaPath:"#/$defs/hostPath/maxLength",keyword:"maxLength",params:{limit: 4095},message:"must NOT have more than 4095 characters",schema:4095,parentSchema:schema95,data:data12};
if(vErrors === null){
vErrors = [err30];
}
else {
vErrors.push(err30);
}
errors++;
}
if(!pattern10.test(data12)){
const err31 = {instancePath:instancePath+"/repository/auth/usernameFile",schemaPath:"#/$defs/hostPath/pattern",keyword:"pattern",params:{pattern: "^/"},message:"must match pattern \""+"^/"+"\"",schema:"^/",parentSchema:schema95,data:data12};
if(vErrors === null){
vErrors = [err31];
}
else {
vErrors.push(err31);
}
errors++;
}
}
else {
const err32 = {instancePath:instancePath+"/repository/auth/usernameFile",schemaPath:"#/$defs/hostPath/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema95.type,parentSchema:schema95,data:data12};
if(vErrors === null){
vErrors = [err32];
}
else {
vErrors.push(err32);
}
errors++;
}
}
if(data10.sshKeyFile !== undefined){
let data13 = data10.sshKeyFile;
if(typeof data13 === "string"){
if(func2(data13) > 4095){
const err33 = {instancePath:instancePath+"/repository/auth/sshKeyFile",schemaPath:"#/$defs/hostPath/maxLength",keyword:"maxLength",params:{limit: 4095},message:"must NOT have more than 4095 characters",schema:4095,parentSchema:schema95,data:data13};
if(vErrors === null){
vErrors = [err33];
}
else {
vErrors.push(err33);
}
errors++;
}
if(!pattern10.test(data13)){
const err34 = {instancePath:instancePath+"/repository/auth/sshKeyFile",schemaPath:"#/$defs/hostPath/pattern",keyword:"pattern",params:{pattern: "^/"},message:"must match pattern \""+"^/"+"\"",schema:"^/",parentSchema:schema95,data:data13};
if(vErrors === null){
vErrors = [err34];
}
else {
vErrors.push(err34);
}
errors++;
}
}
else {
const err35 = {instancePath:instancePath+"/repository/auth/sshKeyFile",schemaPath:"#/$defs/hostPath/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema95.type,parentSchema:schema95,data:data13};
if(vErrors === null){
vErrors = [err35];
}
else {
vErrors.push(err35);
}
errors++;
}
}
if(data10.knownHostsFile !== undefined){
let data14 = data10.knownHostsFile;
if(typeof data14 === "string"){
if(func2(data14) > 4095){
const err36 = {instancePath:instancePath+"/repository/auth/knownHostsFile",schemaPath:"#/$defs/hostPath/maxLength",keyword:"maxLength",params:{limit: 4095},message:"must NOT have more than 4095 characters",schema:4095,parentSchema:schema95,data:data14};
if(vErrors === null){
vErrors = [err36];
}
else {
vErrors.push(err36);
}
errors++;
}
if(!pattern10.test(data14)){
const err37 = {instancePath:instancePath+"/repository/auth/knownHostsFile",schemaPath:"#/$defs/hostPath/pattern",keyword:"pattern",params:{pattern: "^/"},message:"must match pattern \""+"^/"+"\"",schema:"^/",parentSchema:schema95,data:data14};
if(vErrors === null){
vErrors = [err37];
}
else {
vErrors.push(err37);
}
errors++;
}
}
else {
const err38 = {instancePath:instancePath+"/repository/auth/knownHostsFile",schemaPath:"#/$defs/hostPath/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema95.type,parentSchema:schema95,data:data14};
if(vErrors === null){
vErrors = [err38];
}
else {
vErrors.push(err38);
}
errors++;
}
}
}
else {
const err39 = {instancePath:instancePath+"/repository/auth",schemaPath:"#/properties/repository/properties/auth/type",keyword:"type",params:{type: "object"},message:"must be object",schema:schema86.properties.repository.properties.auth.type,parentSchema:schema86.properties.repository.properties.auth,data:data10};
if(vErrors === null){
vErrors = [err39];
}
else {
vErrors.push(err39);
}
errors++;
}
}
if(data4.verify !== undefined){
let data15 = data4.verify;
if(data15 && typeof data15 == "object" && !Array.isArray(data15)){
for(const key3 in data15){
if(!(((((key3 === "mode") || (key3 === "allowedSignersFile")) || (key3 === "revokedKeysFile")) || (key3 === "gpgKeysFile")) || (key3 === "gpgFingerprints"))){
const err40 = {instancePath:instancePath+"/repository/verify",schemaPath:"#/properties/repository/properties/verify/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key3},message:"must NOT have additional properties",schema:false,parentSchema:schema86.properties.repository.properties.verify,data:data15};
if(vErrors === null){
vErrors = [err40];
}
else {
vErrors.push(err40);
}
errors++;
}
}
if(data15.mode !== undefined){
let data16 = data15.mode;
if(!((data16 === "head") || (data16 === "every"))){
const err41 = {instancePath:instancePath+"/repository/verify/mode",schemaPath:"#/properties/repository/properties/verify/properties/mode/enum",keyword:"enum",params:{allowedValues: schema86.properties.repository.properties.verify.properties.mode.enum},message:"must be equal to one of the allowed values",schema:schema86.properties.repository.properties.verify.properties.mode.enum,parentSchema:schema86.properties.repository.properties.verify.properties.mode,data:data16};
if(vErrors === null){
vErrors = [err41];
}
else {
vErrors.push(err41);
}
errors++;
}
}
if(data15.allowedSignersFile !== undefined){
let data17 = data15.allowedSignersFile;
if(typeof data17 === "string"){
if(func2(data17) > 4095){
const err42 = {instancePath:instancePath+"/repository/verify/allowedSignersFile",schemaPath:"#/$defs/hostPath/maxLength",keyword:"maxLength",params:{limit: 4095},message:"must NOT have more than 4095 characters",schema:4095,parentSchema:schema95,data:data17};
if(vErrors === null){
vErrors = [err42];
}
else {
vErrors.push(err42);
}
errors++;
}
if(!pattern10.test(data17)){
const err43 = {instancePath:instancePath+"/repository/verify/allowedSignersFile",schemaPath:"#/$defs/hostPath/pattern",keyword:"pattern",params:{pattern: "^/"},message:"must match pattern \""+"^/"+"\"",schema:"^/",parentSchema:schema95,data:data17};
if(vErrors === null){
vErrors = [err43];
}
else {
vErrors.push(err43);
}
errors++;
}
}
else {
const err44 = {instancePath:instancePath+"/repository/verify/allowedSignersFile",schemaPath:"#/$defs/hostPath/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema95.type,parentSchema:schema95,data:data17};
if(vErrors === null){
vErrors = [err44];
}
else {
vErrors.push(err44);
}
errors++;
}
}
if(data15.revokedKeysFile !== undefined){
let data18 = data15.revokedKeysFile;
if(typeof data18 === "string"){
if(func2(data18) > 4095){
const err45 = {instancePath:instancePath+"/repository/verify/revokedKeysFile",schemaPath:"#/$defs/hostPath/maxLength",keyword:"maxLength",params:{limit: 4095},message:"must NOT have more than 4095 characters",schema:4095,parentSchema:schema95,data:data18};
if(vErrors === null){
vErrors = [err45];
}
else {
vErrors.push(err45);
}
errors++;
}
if(!pattern10.test(data18)){
const err46 = {instancePath:instancePath+"/repository/verify/revokedKeysFile",schemaPath:"#/$defs/hostPath/pattern",keyword:"pattern",params:{pattern: "^/"},message:"must match pattern \""+"^/"+"\"",schema:"^/",parentSchema:schema95,data:data18};
if(vErrors === null){
vErrors = [err46];
}
else {
vErrors.push(err46);
}
errors++;
}
}
else {
const err47 = {instancePath:instancePath+"/repository/verify/revokedKeysFile",schemaPath:"#/$defs/hostPath/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema95.type,parentSchema:schema95,data:data18};
if(vErrors === null){
vErrors = [err47];
}
else {
vErrors.push(err47);
}
errors++;
}
}
if(data15.gpgKeysFile !== undefined){
let data19 = data15.gpgKeysFile;
if(typeof data19 === "string"){
if(func2(data19) > 4095){
const err48 = {instancePath:instancePath+"/repository/verify/gpgKeysFile",schemaPath:"#/$defs/hostPath/maxLength",keyword:"maxLength",params:{limit: 4095},message:"must NOT have more than 4095 characters",schema:4095,parentSchema:schema95,data:data19};
if(vErrors === null){
vErrors = [err48];
}
else {
vErrors.push(err48);
}
errors++;
}
if(!pattern10.test(data19)){
const err49 = {instancePath:instancePath+"/repository/verify/gpgKeysFile",schemaPath:"#/$defs/hostPath/pattern",keyword:"pattern",params:{pattern: "^/"},message:"must match pattern \""+"^/"+"\"",schema:"^/",parentSchema:schema95,data:data19};
if(vErrors === null){
vErrors = [err49];
}
else {
vErrors.push(err49);
}
errors++;
}
}
else {
const err50 = {instancePath:instancePath+"/repository/verify/gpgKeysFile",schemaPath:"#/$defs/hostPath/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema95.type,parentSchema:schema95,data:data19};
if(vErrors === null){
vErrors = [err50];
}
else {
vErrors.push(err50);
}
errors++;
}
}
if(data15.gpgFingerprints !== undefined){
let data20 = data15.gpgFingerprints;
if(Array.isArray(data20)){
if(data20.length > 256){
const err51 = {instancePath:instancePath+"/repository/verify/gpgFingerprints",schemaPath:"#/properties/repository/properties/verify/properties/gpgFingerprints/maxItems",keyword:"maxItems",params:{limit: 256},message:"must NOT have more than 256 items",schema:256,parentSchema:schema86.properties.repository.properties.verify.properties.gpgFingerprints,data:data20};
if(vErrors === null){
vErrors = [err51];
}
else {
vErrors.push(err51);
}
errors++;
}
if(data20.length < 1){
const err52 = {instancePath:instancePath+"/repository/verify/gpgFingerprints",schemaPath:"#/properties/repository/properties/verify/properties/gpgFingerprints/minItems",keyword:"minItems",params:{limit: 1},message:"must NOT have fewer than 1 items",schema:1,parentSchema:schema86.properties.repository.properties.verify.properties.gpgFingerprints,data:data20};
if(vErrors === null){
vErrors = [err52];
}
else {
vErrors.push(err52);
}
errors++;
}
const len0 = data20.length;
for(let i0=0; i0<len0; i0++){
let data21 = data20[i0];
if(typeof data21 === "string"){
if(func2(data21) > 40){
const err53 = {instancePath:instancePath+"/repository/verify/gpgFingerprints/" + i0,schemaPath:"#/$defs/gpgFingerprint/maxLength",keyword:"maxLength",params:{limit: 40},message:"must NOT have more than 40 characters",schema:40,parentSchema:schema102,data:data21};
if(vErrors === null){
vErrors = [err53];
}
else {
vErrors.push(err53);
}
errors++;
}
if(!pattern51.test(data21)){
const err54 = {instancePath:instancePath+"/repository/verify/gpgFingerprints/" + i0,schemaPath:"#/$defs/gpgFingerprint/pattern",keyword:"pattern",params:{pattern: "^[0-9A-Fa-f]{40}$"},message:"must match pattern \""+"^[0-9A-Fa-f]{40}$"+"\"",schema:"^[0-9A-Fa-f]{40}$",parentSchema:schema102,data:data21};
if(vErrors === null){
vErrors = [err54];
}
else {
vErrors.push(err54);
}
errors++;
}
}
else {
const err55 = {instancePath:instancePath+"/repository/verify/gpgFingerprints/" + i0,schemaPath:"#/$defs/gpgFingerprint/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema102.type,parentSchema:schema102,data:data21};
if(vErrors === null){
vErrors = [err55];
}
else {
vErrors.push(err55);
}
errors++;
}
}
}
else {
const err56 = {instancePath:instancePath+"/repository/verify/gpgFingerprints",schemaPath:"#/properties/repository/properties/verify/properties/gpgFingerprints/type",keyword:"type",params:{type: "array"},message:"must be array",schema:schema86.properties.repository.properties.verify.properties.gpgFingerprints.type,parentSchema:schema86.properties.repository.properties.verify.properties.gpgFingerprints,data:data20};
if(vErrors === null){
vErrors = [err56];
}
else {
vErrors.push(err56);
}
errors++;
}
}
}
else {
const err57 = {instancePath:instancePath+"/repository/verify",schemaPath:"#/properties/repository/properties/verify/type",keyword:"type",params:{type: "object"},message:"must be object",schema:schema86.properties.repository.properties.verify.type,parentSchema:schema86.properties.repository.properties.verify,data:data15};
if(vErrors === null){
vErrors = [err57];
}
else {
vErrors.push(err57);
}
errors++;
}
}
}
else {
const err58 = {instancePath:instancePath+"/repository",schemaPath:"#/properties/repository/type",keyword:"type",params:{type: "object"},message:"must be object",schema:schema86.properties.repository.type,parentSchema:schema86.properties.repository,data:data4};
if(vErrors === null){
vErrors = [err58];
}
else {
vErrors.push(err58);
}
errors++;
}
}
if(data.root !== undefined){
let data22 = data.root;
if(typeof data22 === "string"){
if(func2(data22) > 4095){
const err59 = {instancePath:instancePath+"/root",schemaPath:"#/$defs/hostPath/maxLength",keyword:"maxLength",params:{limit: 4095},message:"must NOT have more than 4095 characters",schema:4095,parentSchema:schema95,data:data22};
if(vErrors === null){
vErrors = [err59];
}
else {
vErrors.push(err59);
}
errors++;
}
if(!pattern10.test(data22)){
const err60 = {instancePath:instancePath+"/root",schemaPath:"#/$defs/hostPath/pattern",keyword:"pattern",params:{pattern: "^/"},message:"must match pattern \""+"^/"+"\"",schema:"^/",parentSchema:schema95,data:data22};
if(vErrors === null){
vErrors = [err60];
}
else {
vErrors.push(err60);
}
errors++;
}
}
else {
const err61 = {instancePath:instancePath+"/root",schemaPath:"#/$defs/hostPath/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema95.type,parentSchema:schema95,data:data22};
if(vErrors === null){
vErrors = [err61];
}
else {
vErrors.push(err61);
}
errors++;
}
}
if(data.state !== undefined){
let data23 = data.state;
if(typeof data23 === "string"){
if(func2(data23) > 4095){
const err62 = {instancePath:instancePath+"/state",schemaPath:"#/$defs/hostPath/maxLength",keyword:"maxLength",params:{limit: 4095},message:"must NOT have more than 4095 characters",schema:4095,parentSchema:schema95,data:data23};
if(vErrors === null){
vErrors = [err62];
}
else {
vErrors.push(err62);
}
errors++;
}
if(!pattern10.test(data23)){
const err63 = {instancePath:instancePath+"/state",schemaPath:"#/$defs/hostPath/pattern",keyword:"pattern",params:{pattern: "^/"},message:"must match pattern \""+"^/"+"\"",schema:"^/",parentSchema:schema95,data:data23};
if(vErrors === null){
vErrors = [err63];
}
else {
vErrors.push(err63);
}
errors++;
}
}
else {
const err64 = {instancePath:instancePath+"/state",schemaPath:"#/$defs/hostPath/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema95.type,parentSchema:schema95,data:data23};
if(vErrors === null){
vErrors = [err64];
}
else {
vErrors.push(err64);
}
errors++;
}
}
if(data.run !== undefined){
let data24 = data.run;
if(typeof data24 === "string"){
if(func2(data24) > 4095){
const err65 = {instancePath:instancePath+"/run",schemaPath:"#/$defs/hostPath/maxLength",keyword:"maxLength",params:{limit: 4095},message:"must NOT have more than 4095 characters",schema:4095,parentSchema:schema95,data:data24};
if(vErrors === null){
vErrors = [err65];
}
else {
vErrors.push(err65);
}
errors++;
}
if(!pattern10.test(data24)){
const err66 = {instancePath:instancePath+"/run",schemaPath:"#/$defs/hostPath/pattern",keyword:"pattern",params:{pattern: "^/"},message:"must match pattern \""+"^/"+"\"",schema:"^/",parentSchema:schema95,data:data24};
if(vErrors === null){
vErrors = [err66];
}
else {
vErrors.push(err66);
}
errors++;
}
}
else {
const err67 = {instancePath:instancePath+"/run",schemaPath:"#/$defs/hostPath/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema95.type,parentSchema:schema95,data:data24};
if(vErrors === null){
vErrors = [err67];
}
else {
vErrors.push(err67);
}
errors++;
}
}
if(data.images !== undefined){
let data25 = data.images;
if(data25 && typeof data25 == "object" && !Array.isArray(data25)){
for(const key4 in data25){
if(!(((((key4 === "sources") || (key4 === "keep")) || (key4 === "concurrent")) || (key4 === "maxSize")) || (key4 === "verify"))){
const err68 = {instancePath:instancePath+"/images",schemaPath:"#/properties/images/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key4},message:"must NOT have additional properties",schema:false,parentSchema:schema86.properties.images,data:data25};
if(vErrors === null){
vErrors = [err68];
}
else {
vErrors.push(err68);
}
errors++;
}
}
if(data25.sources !== undefined){
let data26 = data25.sources;
if(Array.isArray(data26)){
if(data26.length > 16){
const err69 = {instancePath:instancePath+"/images/sources",schemaPath:"#/properties/images/properties/sources/maxItems",keyword:"maxItems",params:{limit: 16},message:"must NOT have more than 16 items",schema:16,parentSchema:schema86.properties.images.properties.sources,data:data26};
if(vErrors === null){
vErrors = [err69];
}
else {
vErrors.push(err69);
}
errors++;
}
if(data26.length < 1){
const err70 = {instancePath:instancePath+"/images/sources",schemaPath:"#/properties/images/properties/sources/minItems",keyword:"minItems",params:{limit: 1},message:"must NOT have fewer than 1 items",schema:1,parentSchema:schema86.properties.images.properties.sources,data:data26};
if(vErrors === null){
vErrors = [err70];
}
else {
vErrors.push(err70);
}
errors++;
}
const len1 = data26.length;
for(let i1=0; i1<len1; i1++){
if(!(validate43(data26[i1], {instancePath:instancePath+"/images/sources/" + i1,parentData:data26,parentDataProperty:i1,rootData,dynamicAnchors}))){
vErrors = vErrors === null ? validate43.errors : vErrors.concat(validate43.errors);
errors = vErrors.length;
}
}
}
else {
const err71 = {instancePath:instancePath+"/images/sources",schemaPath:"#/properties/images/properties/sources/type",keyword:"type",params:{type: "array"},message:"must be array",schema:schema86.properties.images.properties.sources.type,parentSchema:schema86.properties.images.properties.sources,data:data26};
if(vErrors === null){
vErrors = [err71];
}
else {
vErrors.push(err71);
}
errors++;
}
}
if(data25.keep !== undefined){
let data28 = data25.keep;
if(!(((typeof data28 == "number") && (!(data28 % 1) && !isNaN(data28))) && (isFinite(data28)))){
const err72 = {instancePath:instancePath+"/images/keep",schemaPath:"#/properties/images/properties/keep/type",keyword:"type",params:{type: "integer"},message:"must be integer",schema:schema86.properties.images.properties.keep.type,parentSchema:schema86.properties.images.properties.keep,data:data28};
if(vErrors === null){
vErrors = [err72];
}
else {
vErrors.push(err72);
}
errors++;
}
if((typeof data28 == "number") && (isFinite(data28))){
if(data28 > 1000 || isNaN(data28)){
const err73 = {instancePath:instancePath+"/images/keep",schemaPath:"#/properties/images/properties/keep/maximum",keyword:"maximum",params:{comparison: "<=", limit: 1000},message:"must be <= 1000",schema:1000,parentSchema:schema86.properties.images.properties.keep,data:data28};
if(vErrors === null){
vErrors = [err73];
}
else {
vErrors.push(err73);
}
errors++;
}
if(data28 < 0 || isNaN(data28)){
const err74 = {instancePath:instancePath+"/images/keep",schemaPath:"#/properties/images/properties/keep/minimum",keyword:"minimum",params:{comparison: ">=", limit: 0},message:"must be >= 0",schema:0,parentSchema:schema86.properties.images.properties.keep,data:data28};
if(vErrors === null){
vErrors = [err74];
}
else {
vErrors.push(err74);
}
errors++;
}
}
}
if(data25.concurrent !== undefined){
let data29 = data25.concurrent;
if(!(((typeof data29 == "number") && (!(data29 % 1) && !isNaN(data29))) && (isFinite(data29)))){
const err75 = {instancePath:instancePath+"/images/concurrent",schemaPath:"#/properties/images/properties/concurrent/type",keyword:"type",params:{type: "integer"},message:"must be integer",schema:schema86.properties.images.properties.concurrent.type,parentSchema:schema86.properties.images.properties.concurrent,data:data29};
if(vErrors === null){
vErrors = [err75];
}
else {
vErrors.push(err75);
}
errors++;
}
if((typeof data29 == "number") && (isFinite(data29))){
if(data29 > 16 || isNaN(data29)){
const err76 = {instancePath:instancePath+"/images/concurrent",schemaPath:"#/properties/images/properties/concurrent/maximum",keyword:"maximum",params:{comparison: "<=", limit: 16},message:"must be <= 16",schema:16,parentSchema:schema86.properties.images.properties.concurrent,data:data29};
if(vErrors === null){
vErrors = [err76];
}
else {
vErrors.push(err76);
}
errors++;
}
if(data29 < 1 || isNaN(data29)){
const err77 = {instancePath:instancePath+"/images/concurrent",schemaPath:"#/properties/images/properties/concurrent/minimum",keyword:"minimum",params:{comparison: ">=", limit: 1},message:"must be >= 1",schema:1,parentSchema:schema86.properties.images.properties.concurrent,data:data29};
if(vErrors === null){
vErrors = [err77];
}
else {
vErrors.push(err77);
}
errors++;
}
}
}
if(data25.maxSize !== undefined){
let data30 = data25.maxSize;
if(typeof data30 === "string"){
if(func2(data30) > 16){
const err78 = {instancePath:instancePath+"/images/maxSize",schemaPath:"#/$defs/memory/maxLength",keyword:"maxLength",params:{limit: 16},message:"must NOT have more than 16 characters",schema:16,parentSchema:schema121,data:data30};
if(vErrors === null){
vErrors = [err78];
}
else {
vErrors.push(err78);
}
errors++;
}
if(!pattern34.test(data30)){
const err79 = {instancePath:instancePath+"/images/maxSize",schemaPath:"#/$defs/memory/pattern",keyword:"pattern",params:{pattern: "^[1-9][0-9]{0,8}(KiB|MiB|GiB)$"},message:"must match pattern \""+"^[1-9][0-9]{0,8}(KiB|MiB|GiB)$"+"\"",schema:"^[1-9][0-9]{0,8}(KiB|MiB|GiB)$",parentSchema:schema121,data:data30};
if(vErrors === null){
vErrors = [err79];
}
else {
vErrors.push(err79);
}
errors++;
}
}
else {
const err80 = {instancePath:instancePath+"/images/maxSize",schemaPath:"#/$defs/memory/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema121.type,parentSchema:schema121,data:data30};
if(vErrors === null){
vErrors = [err80];
}
else {
vErrors.push(err80);
}
errors++;
}
}
if(data25.verify !== undefined){
if(!(validate46(data25.verify, {instancePath:instancePath+"/images/verify",parentData:data25,parentDataProperty:"verify",rootData,dynamicAnchors}))){
vErrors = vErrors === null ? validate46.errors : vErrors.concat(validate46.errors);
errors = vErrors.length;
}
}
}
else {
const err81 = {instancePath:instancePath+"/images",schemaPath:"#/properties/images/type",keyword:"type",params:{type: "object"},message:"must be object",schema:schema86.properties.images.type,parentSchema:schema86.properties.images,data:data25};
if(vErrors === null){
vErrors = [err81];
}
else {
vErrors.push(err81);
}
errors++;
}
}
if(data.supervisor !== undefined){
let data32 = data.supervisor;
if(!(((data32 === "auto") || (data32 === "embedded")) || (data32 === "systemd"))){
const err82 = {instancePath:instancePath+"/supervisor",schemaPath:"#/properties/supervisor/enum",keyword:"enum",params:{allowedValues: schema86.properties.supervisor.enum},message:"must be equal to one of the allowed values",schema:schema86.properties.supervisor.enum,parentSchema:schema86.properties.supervisor,data:data32};
if(vErrors === null){
vErrors = [err82];
}
else {
vErrors.push(err82);
}
errors++;
}
}
if(data.runtime !== undefined){
let data33 = data.runtime;
if(typeof data33 === "string"){
if(func2(data33) > 64){
const err83 = {instancePath:instancePath+"/runtime",schemaPath:"#/$defs/runtime/maxLength",keyword:"maxLength",params:{limit: 64},message:"must NOT have more than 64 characters",schema:64,parentSchema:schema122,data:data33};
if(vErrors === null){
vErrors = [err83];
}
else {
vErrors.push(err83);
}
errors++;
}
if(!pattern66.test(data33)){
const err84 = {instancePath:instancePath+"/runtime",schemaPath:"#/$defs/runtime/pattern",keyword:"pattern",params:{pattern: "^[a-z][a-z0-9._-]*$"},message:"must match pattern \""+"^[a-z][a-z0-9._-]*$"+"\"",schema:"^[a-z][a-z0-9._-]*$",parentSchema:schema122,data:data33};
if(vErrors === null){
vErrors = [err84];
}
else {
vErrors.push(err84);
}
errors++;
}
}
else {
const err85 = {instancePath:instancePath+"/runtime",schemaPath:"#/$defs/runtime/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema122.type,parentSchema:schema122,data:data33};
if(vErrors === null){
vErrors = [err85];
}
else {
vErrors.push(err85);
}
errors++;
}
}
if(data.allow !== undefined){
let data34 = data.allow;
if(data34 && typeof data34 == "object" && !Array.isArray(data34)){
for(const key5 in data34){
if(!(((key5 === "mounts") || (key5 === "capabilities")) || (key5 === "secrets"))){
const err86 = {instancePath:instancePath+"/allow",schemaPath:"#/properties/allow/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key5},message:"must NOT have additional properties",schema:false,parentSchema:schema86.properties.allow,data:data34};
if(vErrors === null){
vErrors = [err86];
}
else {
vErrors.push(err86);
}
errors++;
}
}
if(data34.mounts !== undefined){
let data35 = data34.mounts;
if(Array.isArray(data35)){
if(data35.length > 256){
const err87 = {instancePath:instancePath+"/allow/mounts",schemaPath:"#/properties/allow/properties/mounts/maxItems",keyword:"maxItems",params:{limit: 256},message:"must NOT have more than 256 items",schema:256,parentSchema:schema86.properties.allow.properties.mounts,data:data35};
if(vErrors === null){
vErrors = [err87];
}
else {
vErrors.push(err87);
}
errors++;
}
const len2 = data35.length;
for(let i2=0; i2<len2; i2++){
let data36 = data35[i2];
if(typeof data36 === "string"){
if(func2(data36) > 4095){
const err88 = {instancePath:instancePath+"/allow/mounts/" + i2,schemaPath:"#/$defs/hostPath/maxLength",keyword:"maxLength",params:{limit: 4095},message:"must NOT have more than 4095 characters",schema:4095,parentSchema:schema95,data:data36};
if(vErrors === null){
vErrors = [err88];
}
else {
vErrors.push(err88);
}
errors++;
}
if(!pattern10.test(data36)){
const err89 = {instancePath:instancePath+"/allow/mounts/" + i2,schemaPath:"#/$defs/hostPath/pattern",keyword:"pattern",params:{pattern: "^/"},message:"must match pattern \""+"^/"+"\"",schema:"^/",parentSchema:schema95,data:data36};
if(vErrors === null){
vErrors = [err89];
}
else {
vErrors.push(err89);
}
errors++;
}
}
else {
const err90 = {instancePath:instancePath+"/allow/mounts/" + i2,schemaPath:"#/$defs/hostPath/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema95.type,parentSchema:schema95,data:data36};
if(vErrors === null){
vErrors = [err90];
}
else {
vErrors.push(err90);
}
errors++;
}
}
}
else {
const err91 = {instancePath:instancePath+"/allow/mounts",schemaPath:"#/properties/allow/properties/mounts/type",keyword:"type",params:{type: "array"},message:"must be array",schema:schema86.properties.allow.properties.mounts.type,parentSchema:schema86.properties.allow.properties.mounts,data:data35};
if(vErrors === null){
vErrors = [err91];
}
else {
vErrors.push(err91);
}
errors++;
}
}
if(data34.capabilities !== undefined){
let data37 = data34.capabilities;
if(Array.isArray(data37)){
if(data37.length > 41){
const err92 = {instancePath:instancePath+"/allow/capabilities",schemaPath:"#/properties/allow/properties/capabilities/maxItems",keyword:"maxItems",params:{limit: 41},message:"must NOT have more than 41 items",schema:41,parentSchema:schema86.properties.allow.properties.capabilities,data:data37};
if(vErrors === null){
vErrors = [err92];
}
else {
vErrors.push(err92);
}
errors++;
}
const len3 = data37.length;
for(let i3=0; i3<len3; i3++){
let data38 = data37[i3];
if(typeof data38 === "string"){
if(func2(data38) > 40){
const err93 = {instancePath:instancePath+"/allow/capabilities/" + i3,schemaPath:"#/$defs/capability/maxLength",keyword:"maxLength",params:{limit: 40},message:"must NOT have more than 40 characters",schema:40,parentSchema:schema124,data:data38};
if(vErrors === null){
vErrors = [err93];
}
else {
vErrors.push(err93);
}
errors++;
}
if(!pattern33.test(data38)){
const err94 = {instancePath:instancePath+"/allow/capabilities/" + i3,schemaPath:"#/$defs/capability/pattern",keyword:"pattern",params:{pattern: "^(CAP_)?[A-Z][A-Z_]*$"},message:"must match pattern \""+"^(CAP_)?[A-Z][A-Z_]*$"+"\"",schema:"^(CAP_)?[A-Z][A-Z_]*$",parentSchema:schema124,data:data38};
if(vErrors === null){
vErrors = [err94];
}
else {
vErrors.push(err94);
}
errors++;
}
}
else {
const err95 = {instancePath:instancePath+"/allow/capabilities/" + i3,schemaPath:"#/$defs/capability/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema124.type,parentSchema:schema124,data:data38};
if(vErrors === null){
vErrors = [err95];
}
else {
vErrors.push(err95);
}
errors++;
}
}
}
else {
const err96 = {instancePath:instancePath+"/allow/capabilities",schemaPath:"#/properties/allow/properties/capabilities/type",keyword:"type",params:{type: "array"},message:"must be array",schema:schema86.properties.allow.properties.capabilities.type,parentSchema:schema86.properties.allow.properties.capabilities,data:data37};
if(vErrors === null){
vErrors = [err96];
}
else {
vErrors.push(err96);
}
errors++;
}
}
if(data34.secrets !== undefined){
let data39 = data34.secrets;
if(Array.isArray(data39)){
if(data39.length > 256){
const err97 = {instancePath:instancePath+"/allow/secrets",schemaPath:"#/properties/allow/properties/secrets/maxItems",keyword:"maxItems",params:{limit: 256},message:"must NOT have more than 256 items",schema:256,parentSchema:schema86.properties.allow.properties.secrets,data:data39};
if(vErrors === null){
vErrors = [err97];
}
else {
vErrors.push(err97);
}
errors++;
}
const len4 = data39.length;
for(let i4=0; i4<len4; i4++){
let data40 = data39[i4];
if(typeof data40 === "string"){
if(func2(data40) > 4095){
const err98 = {instancePath:instancePath+"/allow/secrets/" + i4,schemaPath:"#/$defs/hostPath/maxLength",keyword:"maxLength",params:{limit: 4095},message:"must NOT have more than 4095 characters",schema:4095,parentSchema:schema95,data:data40};
if(vErrors === null){
vErrors = [err98];
}
else {
vErrors.push(err98);
}
errors++;
}
if(!pattern10.test(data40)){
const err99 = {instancePath:instancePath+"/allow/secrets/" + i4,schemaPath:"#/$defs/hostPath/pattern",keyword:"pattern",params:{pattern: "^/"},message:"must match pattern \""+"^/"+"\"",schema:"^/",parentSchema:schema95,data:data40};
if(vErrors === null){
vErrors = [err99];
}
else {
vErrors.push(err99);
}
errors++;
}
}
else {
const err100 = {instancePath:instancePath+"/allow/secrets/" + i4,schemaPath:"#/$defs/hostPath/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema95.type,parentSchema:schema95,data:data40};
if(vErrors === null){
vErrors = [err100];
}
else {
vErrors.push(err100);
}
errors++;
}
}
}
else {
const err101 = {instancePath:instancePath+"/allow/secrets",schemaPath:"#/properties/allow/properties/secrets/type",keyword:"type",params:{type: "array"},message:"must be array",schema:schema86.properties.allow.properties.secrets.type,parentSchema:schema86.properties.allow.properties.secrets,data:data39};
if(vErrors === null){
vErrors = [err101];
}
else {
vErrors.push(err101);
}
errors++;
}
}
}
else {
const err102 = {instancePath:instancePath+"/allow",schemaPath:"#/properties/allow/type",keyword:"type",params:{type: "object"},message:"must be object",schema:schema86.properties.allow.type,parentSchema:schema86.properties.allow,data:data34};
if(vErrors === null){
vErrors = [err102];
}
else {
vErrors.push(err102);
}
errors++;
}
}
if(data.prune !== undefined){
let data41 = data.prune;
if(data41 && typeof data41 == "object" && !Array.isArray(data41)){
for(const key6 in data41){
if(!(key6 === "max")){
const err103 = {instancePath:instancePath+"/prune",schemaPath:"#/properties/prune/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key6},message:"must NOT have additional properties",schema:false,parentSchema:schema86.properties.prune,data:data41};
if(vErrors === null){
vErrors = [err103];
}
else {
vErrors.push(err103);
}
errors++;
}
}
if(data41.max !== undefined){
let data42 = data41.max;
if(typeof data42 === "string"){
if(func2(data42) > 4){
const err104 = {instancePath:instancePath+"/prune/max",schemaPath:"#/$defs/percent/maxLength",keyword:"maxLength",params:{limit: 4},message:"must NOT have more than 4 characters",schema:4,parentSchema:schema126,data:data42};
if(vErrors === null){
vErrors = [err104];
}
else {
vErrors.push(err104);
}
errors++;
}
if(!pattern70.test(data42)){
const err105 = {instancePath:instancePath+"/prune/max",schemaPath:"#/$defs/percent/pattern",keyword:"pattern",params:{pattern: "^(100|[0-9]{1,2})%$"},message:"must match pattern \""+"^(100|[0-9]{1,2})%$"+"\"",schema:"^(100|[0-9]{1,2})%$",parentSchema:schema126,data:data42};
if(vErrors === null){
vErrors = [err105];
}
else {
vErrors.push(err105);
}
errors++;
}
}
else {
const err106 = {instancePath:instancePath+"/prune/max",schemaPath:"#/$defs/percent/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema126.type,parentSchema:schema126,data:data42};
if(vErrors === null){
vErrors = [err106];
}
else {
vErrors.push(err106);
}
errors++;
}
}
}
else {
const err107 = {instancePath:instancePath+"/prune",schemaPath:"#/properties/prune/type",keyword:"type",params:{type: "object"},message:"must be object",schema:schema86.properties.prune.type,parentSchema:schema86.properties.prune,data:data41};
if(vErrors === null){
vErrors = [err107];
}
else {
vErrors.push(err107);
}
errors++;
}
}
if(data.api !== undefined){
let data43 = data.api;
if(data43 && typeof data43 == "object" && !Array.isArray(data43)){
for(const key7 in data43){
if(!(key7 === "listen")){
const err108 = {instancePath:instancePath+"/api",schemaPath:"#/properties/api/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key7},message:"must NOT have additional properties",schema:false,parentSchema:schema86.properties.api,data:data43};
if(vErrors === null){
vErrors = [err108];
}
else {
vErrors.push(err108);
}
errors++;
}
}
if(data43.listen !== undefined){
let data44 = data43.listen;
if(typeof data44 === "string"){
if(func2(data44) > 64){
const err109 = {instancePath:instancePath+"/api/listen",schemaPath:"#/$defs/listen/maxLength",keyword:"maxLength",params:{limit: 64},message:"must NOT have more than 64 characters",schema:64,parentSchema:schema127,data:data44};
if(vErrors === null){
vErrors = [err109];
}
else {
vErrors.push(err109);
}
errors++;
}
if(!pattern19.test(data44)){
const err110 = {instancePath:instancePath+"/api/listen",schemaPath:"#/$defs/listen/pattern",keyword:"pattern",params:{pattern: "^([0-9.]{7,15}|\\[[0-9A-Fa-f:.]{2,45}\\]):[0-9]{1,5}$"},message:"must match pattern \""+"^([0-9.]{7,15}|\\[[0-9A-Fa-f:.]{2,45}\\]):[0-9]{1,5}$"+"\"",schema:"^([0-9.]{7,15}|\\[[0-9A-Fa-f:.]{2,45}\\]):[0-9]{1,5}$",parentSchema:schema127,data:data44};
if(vErrors === null){
vErrors = [err110];
}
else {
vErrors.push(err110);
}
errors++;
}
}
else {
const err111 = {instancePath:instancePath+"/api/listen",schemaPath:"#/$defs/listen/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema127.type,parentSchema:schema127,data:data44};
if(vErrors === null){
vErrors = [err111];
}
else {
vErrors.push(err111);
}
errors++;
}
}
}
else {
const err112 = {instancePath:instancePath+"/api",schemaPath:"#/properties/api/type",keyword:"type",params:{type: "object"},message:"must be object",schema:schema86.properties.api.type,parentSchema:schema86.properties.api,data:data43};
if(vErrors === null){
vErrors = [err112];
}
else {
vErrors.push(err112);
}
errors++;
}
}
}
else {
const err113 = {instancePath,schemaPath:"#/type",keyword:"type",params:{type: "object"},message:"must be object",schema:schema86.type,parentSchema:schema86,data};
if(vErrors === null){
vErrors = [err113];
}
else {
vErrors.push(err113);
}
errors++;
}
validate40.errors = vErrors;
return errors === 0;
}
validate40.evaluated = {"props":true,"dynamicProps":false,"dynamicItems":false};

export const validateImage = validate50;
const schema128 = {"$schema":"https://json-schema.org/draft/2020-12/schema","$id":"https://rackops.invalid/schema/image.schema.json","title":"Image","description":"The recipe of an image: a base, and steps that change it. `rackops image build` makes the file `<name>-<version>.iso` of it, the same bytes for the same recipe and inputs.","type":"object","additionalProperties":false,"required":["apiVersion","kind","name","version","base"],"properties":{"apiVersion":{"description":"Version of this format.","const":"rackops/v1","examples":["rackops/v1"]},"kind":{"description":"What this file defines.","const":"Image","examples":["Image"]},"name":{"description":"First part of the image's file name.","$ref":"#/$defs/name","examples":["webserver"]},"version":{"description":"Second part of the image's file name. Raise it with every change: an image is never replaced by another one.","$ref":"#/$defs/version","examples":["1.0"]},"base":{"description":"What the image starts from: exactly one of `debian`, `tarball`, `directory`, `image` and `oci`.","$ref":"#/$defs/base","examples":[{"debian":{"suite":"bookworm"}}]},"steps":{"description":"What is changed, in this order. Each has exactly one of `packages`, `files`, `remove` and `run`.","type":"array","maxItems":256,"items":{"$ref":"#/$defs/step"},"default":[],"examples":[[{"packages":["nginx-light"]}]]}},"$defs":{"name":{"description":"Lower-case letter, then lower-case letters, digits and hyphens; 32 characters at most.","type":"string","maxLength":32,"pattern":"^[a-z][a-z0-9-]{0,31}$"},"version":{"description":"Letters, digits and `. _ + ~`, beginning with a letter or digit; 64 characters at most.","type":"string","maxLength":64,"pattern":"^[A-Za-z0-9][A-Za-z0-9._+~]*$"},"sha256":{"description":"64 hex digits.","type":"string","maxLength":71,"pattern":"^(sha256:)?[0-9a-fA-F]{64}$"},"rackPath":{"description":"Absolute path in the image, without `.`, `..` and empty parts.","type":"string","maxLength":4095,"pattern":"^/"},"contextPath":{"description":"Path below the recipe's directory (or `--context`), without `.`, `..` and empty parts.","type":"string","minLength":1,"maxLength":1024,"pattern":"^[^/]"},"duration":{"description":"A number with its unit: `ms`, `s`, `m` or `h`.","type":"string","maxLength":16,"pattern":"^[0-9]{1,9}(\\.[0-9]{1,3})?(ms|s|m|h)$"},"mode":{"description":"Permission bits in octal, in quotes.","anyOf":[{"type":"string","maxLength":4,"pattern":"^0?[0-7]{3}$"},{"type":"integer","minimum":0,"maximum":511}]},"owner":{"description":"`\"uid\"` or `\"uid:gid\"`, by number.","type":"string","maxLength":32,"pattern":"^(0|[1-9][0-9]{0,8})(:(0|[1-9][0-9]{0,8}))?$"},"packageName":{"description":"A package as the package manager names it, `nginx-light` or `nginx-light=1.22.1-9`; never an option.","type":"string","maxLength":256,"pattern":"^[A-Za-z0-9][A-Za-z0-9+.:=~_/@-]*$"},"suite":{"description":"Name of a release, `bookworm` or `noble`.","type":"string","maxLength":64,"pattern":"^[a-z][a-z0-9.-]*$"},"component":{"description":"Part of an archive, `main`.","type":"string","maxLength":64,"pattern":"^[a-z][a-z0-9/-]*$"},"mirror":{"description":"http:// or https:// address of an archive, without credentials and white space.","type":"string","maxLength":1024,"pattern":"^https?://[^\\s@\\[\\]\"]+$"},"pathPattern":{"description":"Absolute paths with `*` and `?`.","type":"string","maxLength":1024,"pattern":"^/[^\\s\"'\\\\;]+$"},"ociSource":{"description":"`oci:DIRECTORY[:TAG]`, the directory below the recipe's, or `docker://HOST/NAME:TAG`; HOST has a dot or a port, or is `localhost`.","type":"string","maxLength":1024,"pattern":"^(oci:[^/:\\s][^:\\s]*(:[A-Za-z0-9_][A-Za-z0-9._-]*)?|docker://(localhost|[A-Za-z0-9][A-Za-z0-9-]*[.:][A-Za-z0-9.:-]*)/[^/\\s][^\\s]*)$"},"base":{"description":"What an image starts from.","type":"object","additionalProperties":false,"oneOf":[{"required":["debian"],"properties":{"debian":true}},{"required":["tarball"],"properties":{"tarball":true}},{"required":["directory"],"properties":{"directory":true}},{"required":["image"],"properties":{"image":true}},{"required":["oci"],"properties":{"oci":true}}],"properties":{"debian":{"description":"A release of Debian or Ubuntu, installed by mmdebstrap. Packages of the first steps are installed along with it.","type":"object","additionalProperties":false,"properties":{"suite":{"description":"The release. Absent: the one of this host.","$ref":"#/$defs/suite","examples":["bookworm"]},"variant":{"description":"What is installed besides `packages`: `essential` packages only, `apt` with the package manager, `minbase` with what is required, `standard`.","enum":["essential","apt","minbase","standard"],"default":"essential","examples":["minbase"]},"components":{"description":"Parts of the archive. Only together with `mirrors`.","type":"array","minItems":1,"maxItems":16,"uniqueItems":true,"items":{"$ref":"#/$defs/component"},"default":["main"],"examples":[["main","contrib"]]},"mirrors":{"description":"Where the packages come from. Absent: from where this host gets its own. One with a fixed time in its address (a snapshot service) pins all versions.","type":"array","minItems":1,"maxItems":16,"items":{"$ref":"#/$defs/mirror"},"examples":[["https://mirror.example.org/snapshot/20260101T000000Z/debian"]]},"updates":{"description":"Along with the release, its archives of updates and security fixes, those that this host has for its own. `false`: the release as it was last published, for one whose other archives are being taken down. Without meaning where `mirrors` are given.","type":"boolean","default":true,"examples":[false]},"checkValidUntil":{"description":"Refuse an archive whose index has expired. `false` is for snapshots, which always have.","type":"boolean","default":true,"examples":[false]},"exclude":{"description":"Files of packages that are not unpacked: manuals, translations.","type":"array","maxItems":64,"items":{"$ref":"#/$defs/pathPattern"},"default":[],"examples":[["/usr/share/doc/*","/usr/share/man/*"]]}}},"tarball":{"description":"An archive of a root directory, such as a Gentoo stage 3.","type":"object","additionalProperties":false,"required":["file","sha256"],"properties":{"file":{"description":"The archive: tar, plain or packed by gzip, bzip2, xz or zstd.","$ref":"#/$defs/contextPath","examples":["stage3-amd64-openrc.tar.xz"]},"sha256":{"description":"What the file must be.","$ref":"#/$defs/sha256","examples":["9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"]}}},"directory":{"description":"A directory of the repository, as Git knows it: everything in it becomes root's, of modes only the executable bit counts. Owners and other modes need a `tarball`.","$ref":"#/$defs/contextPath","examples":["root"]},"image":{"description":"Another rack image. It is not unpacked: the steps are laid over it.","type":"object","additionalProperties":false,"required":["file","sha256"],"properties":{"file":{"description":"File below the recipe's directory, or else in the directory where the new image goes.","$ref":"#/$defs/contextPath","examples":["base-1.0.iso"]},"sha256":{"description":"What the file must be.","$ref":"#/$defs/sha256","examples":["9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"]}}},"oci":{"description":"A container image, through skopeo and umoci. Registries are asked without credentials, and need a certificate that this host trusts; `rackops image import` takes both.","type":"object","additionalProperties":false,"required":["source"],"properties":{"source":{"description":"Where it is: a layout directory, or a registry. With `@sha256:…` instead of a tag it is pinned.","$ref":"#/$defs/ociSource","examples":["oci:layout:latest"]}}}}},"step":{"description":"One change.","type":"object","additionalProperties":false,"oneOf":[{"required":["packages"],"properties":{"packages":true}},{"required":["files"],"properties":{"files":true}},{"required":["remove"],"properties":{"remove":true}},{"required":["run"],"properties":{"run":true}}],"properties":{"packages":{"description":"Packages to install, without those that they only recommend. On a `debian` base the first steps of this kind are installed with it; later ones by the image's own apt-get or apk, with the host's network.","type":"array","minItems":1,"maxItems":1024,"uniqueItems":true,"items":{"$ref":"#/$defs/packageName"},"examples":[["nginx-light"]]},"files":{"description":"Files, directories and links to make.","type":"array","minItems":1,"maxItems":1024,"items":{"$ref":"#/$defs/file"},"examples":[[{"path":"/etc/nginx/nginx.conf","source":"webserver/nginx.conf"}]]},"remove":{"description":"Paths that go, with everything below them. One that is not there is no mistake.","type":"array","minItems":1,"maxItems":1024,"items":{"$ref":"#/$defs/rackPath"},"examples":[["/usr/share/doc"]]},"run":{"description":"A command in the image: a program with its arguments as a list, or text for `/bin/sh -e`. It runs as root of the image, sees nothing of the host, and fails the build when it fails.","anyOf":[{"type":"string","minLength":1,"maxLength":65536},{"type":"array","minItems":1,"maxItems":256,"items":{"type":"string","maxLength":32768}}],"examples":["ldconfig"]},"network":{"description":"The command of `run` has the host's network; without, it has none. What it fetches is not pinned by the recipe.","type":"boolean","default":false,"examples":[true]},"timeout":{"description":"How long the command of `run`, or the installation of `packages`, may take; 1s to 24h. The first `packages` of a `debian` base are installed with the release: for that an hour is added to theirs.","$ref":"#/$defs/duration","default":"1h","examples":["10m"]}}},"file":{"description":"Something to make in the image: from a `source`, with a written `content`, as a `link`, or else an empty directory.","type":"object","additionalProperties":false,"required":["path"],"properties":{"path":{"description":"Where. Missing directories above it are made; what is there is replaced, a directory only by a directory.","$ref":"#/$defs/rackPath","examples":["/etc/nginx/nginx.conf"]},"source":{"description":"A file or directory below the recipe's directory; a directory is copied with all that is in it.","$ref":"#/$defs/contextPath","examples":["webserver/nginx.conf"]},"content":{"description":"The content itself.","type":"string","maxLength":65536,"examples":["1.0 ok\n"]},"link":{"description":"What a symbolic link points to.","type":"string","minLength":1,"maxLength":4095,"examples":["/dev/stderr"]},"mode":{"description":"Permission bits; not of a link. Default: 0755 for directories and what is executable in the repository, else 0644.","$ref":"#/$defs/mode","examples":["0640"]},"owner":{"description":"Owner by number, `\"uid\"` or `\"uid:gid\"`.","$ref":"#/$defs/owner","default":"0:0","examples":["33:33"]}}}}};
const schema129 = {"description":"Lower-case letter, then lower-case letters, digits and hyphens; 32 characters at most.","type":"string","maxLength":32,"pattern":"^[a-z][a-z0-9-]{0,31}$"};
const schema130 = {"description":"Letters, digits and `. _ + ~`, beginning with a letter or digit; 64 characters at most.","type":"string","maxLength":64,"pattern":"^[A-Za-z0-9][A-Za-z0-9._+~]*$"};
const pattern73 = new RegExp("^[A-Za-z0-9][A-Za-z0-9._+~]*$", "u");
const schema131 = {"description":"What an image starts from.","type":"object","additionalProperties":false,"oneOf":[{"required":["debian"],"properties":{"debian":true}},{"required":["tarball"],"properties":{"tarball":true}},{"required":["directory"],"properties":{"directory":true}},{"required":["image"],"properties":{"image":true}},{"required":["oci"],"properties":{"oci":true}}],"properties":{"debian":{"description":"A release of Debian or Ubuntu, installed by mmdebstrap. Packages of the first steps are installed along with it.","type":"object","additionalProperties":false,"properties":{"suite":{"description":"The release. Absent: the one of this host.","$ref":"#/$defs/suite","examples":["bookworm"]},"variant":{"description":"What is installed besides `packages`: `essential` packages only, `apt` with the package manager, `minbase` with what is required, `standard`.","enum":["essential","apt","minbase","standard"],"default":"essential","examples":["minbase"]},"components":{"description":"Parts of the archive. Only together with `mirrors`.","type":"array","minItems":1,"maxItems":16,"uniqueItems":true,"items":{"$ref":"#/$defs/component"},"default":["main"],"examples":[["main","contrib"]]},"mirrors":{"description":"Where the packages come from. Absent: from where this host gets its own. One with a fixed time in its address (a snapshot service) pins all versions.","type":"array","minItems":1,"maxItems":16,"items":{"$ref":"#/$defs/mirror"},"examples":[["https://mirror.example.org/snapshot/20260101T000000Z/debian"]]},"updates":{"description":"Along with the release, its archives of updates and security fixes, those that this host has for its own. `false`: the release as it was last published, for one whose other archives are being taken down. Without meaning where `mirrors` are given.","type":"boolean","default":true,"examples":[false]},"checkValidUntil":{"description":"Refuse an archive whose index has expired. `false` is for snapshots, which always have.","type":"boolean","default":true,"examples":[false]},"exclude":{"description":"Files of packages that are not unpacked: manuals, translations.","type":"array","maxItems":64,"items":{"$ref":"#/$defs/pathPattern"},"default":[],"examples":[["/usr/share/doc/*","/usr/share/man/*"]]}}},"tarball":{"description":"An archive of a root directory, such as a Gentoo stage 3.","type":"object","additionalProperties":false,"required":["file","sha256"],"properties":{"file":{"description":"The archive: tar, plain or packed by gzip, bzip2, xz or zstd.","$ref":"#/$defs/contextPath","examples":["stage3-amd64-openrc.tar.xz"]},"sha256":{"description":"What the file must be.","$ref":"#/$defs/sha256","examples":["9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"]}}},"directory":{"description":"A directory of the repository, as Git knows it: everything in it becomes root's, of modes only the executable bit counts. Owners and other modes need a `tarball`.","$ref":"#/$defs/contextPath","examples":["root"]},"image":{"description":"Another rack image. It is not unpacked: the steps are laid over it.","type":"object","additionalProperties":false,"required":["file","sha256"],"properties":{"file":{"description":"File below the recipe's directory, or else in the directory where the new image goes.","$ref":"#/$defs/contextPath","examples":["base-1.0.iso"]},"sha256":{"description":"What the file must be.","$ref":"#/$defs/sha256","examples":["9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"]}}},"oci":{"description":"A container image, through skopeo and umoci. Registries are asked without credentials, and need a certificate that this host trusts; `rackops image import` takes both.","type":"object","additionalProperties":false,"required":["source"],"properties":{"source":{"description":"Where it is: a layout directory, or a registry. With `@sha256:…` instead of a tag it is pinned.","$ref":"#/$defs/ociSource","examples":["oci:layout:latest"]}}}}};
const schema132 = {"description":"Name of a release, `bookworm` or `noble`.","type":"string","maxLength":64,"pattern":"^[a-z][a-z0-9.-]*$"};
const schema133 = {"description":"Part of an archive, `main`.","type":"string","maxLength":64,"pattern":"^[a-z][a-z0-9/-]*$"};
const schema134 = {"description":"http:// or https:// address of an archive, without credentials and white space.","type":"string","maxLength":1024,"pattern":"^https?://[^\\s@\\[\\]\"]+$"};
const schema135 = {"description":"Absolute paths with `*` and `?`.","type":"string","maxLength":1024,"pattern":"^/[^\\s\"'\\\\;]+$"};
const schema136 = {"description":"Path below the recipe's directory (or `--context`), without `.`, `..` and empty parts.","type":"string","minLength":1,"maxLength":1024,"pattern":"^[^/]"};
const schema137 = {"description":"64 hex digits.","type":"string","maxLength":71,"pattern":"^(sha256:)?[0-9a-fA-F]{64}$"};
const schema141 = {"description":"`oci:DIRECTORY[:TAG]`, the directory below the recipe's, or `docker://HOST/NAME:TAG`; HOST has a dot or a port, or is `localhost`.","type":"string","maxLength":1024,"pattern":"^(oci:[^/:\\s][^:\\s]*(:[A-Za-z0-9_][A-Za-z0-9._-]*)?|docker://(localhost|[A-Za-z0-9][A-Za-z0-9-]*[.:][A-Za-z0-9.:-]*)/[^/\\s][^\\s]*)$"};
const pattern74 = new RegExp("^[a-z][a-z0-9.-]*$", "u");
const pattern75 = new RegExp("^[a-z][a-z0-9/-]*$", "u");
const pattern76 = new RegExp("^https?://[^\\s@\\[\\]\"]+$", "u");
const pattern77 = new RegExp("^/[^\\s\"'\\\\;]+$", "u");
const pattern83 = new RegExp("^(oci:[^/:\\s][^:\\s]*(:[A-Za-z0-9_][A-Za-z0-9._-]*)?|docker://(localhost|[A-Za-z0-9][A-Za-z0-9-]*[.:][A-Za-z0-9.:-]*)/[^/\\s][^\\s]*)$", "u");

function validate51(data, {instancePath="", parentData, parentDataProperty, rootData=data, dynamicAnchors={}}={}){
let vErrors = null;
let errors = 0;
const evaluated0 = validate51.evaluated;
if(evaluated0.dynamicProps){
evaluated0.props = undefined;
}
if(evaluated0.dynamicItems){
evaluated0.items = undefined;
}
const _errs1 = errors;
let valid0 = false;
let passing0 = null;
const _errs2 = errors;
if(data && typeof data == "object" && !Array.isArray(data)){
if(data.debian === undefined){
const err0 = {instancePath,schemaPath:"#/oneOf/0/required",keyword:"required",params:{missingProperty: "debian"},message:"must have required property '"+"debian"+"'",schema:schema131.oneOf[0].required,parentSchema:schema131.oneOf[0],data};
if(vErrors === null){
vErrors = [err0];
}
else {
vErrors.push(err0);
}
errors++;
}
}
var _valid0 = _errs2 === errors;
if(_valid0){
valid0 = true;
passing0 = 0;
var props0 = {};
props0.debian = true;
}
const _errs3 = errors;
if(data && typeof data == "object" && !Array.isArray(data)){
if(data.tarball === undefined){
const err1 = {instancePath,schemaPath:"#/oneOf/1/required",keyword:"required",params:{missingProperty: "tarball"},message:"must have required property '"+"tarball"+"'",schema:schema131.oneOf[1].required,parentSchema:schema131.oneOf[1],data};
if(vErrors === null){
vErrors = [err1];
}
else {
vErrors.push(err1);
}
errors++;
}
}
var _valid0 = _errs3 === errors;
if(_valid0 && valid0){
valid0 = false;
passing0 = [passing0, 1];
}
else {
if(_valid0){
valid0 = true;
passing0 = 1;
if(props0 !== true){
props0 = props0 || {};
props0.tarball = true;
}
}
const _errs4 = errors;
if(data && typeof data == "object" && !Array.isArray(data)){
if(data.directory === undefined){
const err2 = {instancePath,schemaPath:"#/oneOf/2/required",keyword:"required",params:{missingProperty: "directory"},message:"must have required property '"+"directory"+"'",schema:schema131.oneOf[2].required,parentSchema:schema131.oneOf[2],data};
if(vErrors === null){
vErrors = [err2];
}
else {
vErrors.push(err2);
}
errors++;
}
}
var _valid0 = _errs4 === errors;
if(_valid0 && valid0){
valid0 = false;
passing0 = [passing0, 2];
}
else {
if(_valid0){
valid0 = true;
passing0 = 2;
if(props0 !== true){
props0 = props0 || {};
props0.directory = true;
}
}
const _errs5 = errors;
if(data && typeof data == "object" && !Array.isArray(data)){
if(data.image === undefined){
const err3 = {instancePath,schemaPath:"#/oneOf/3/required",keyword:"required",params:{missingProperty: "image"},message:"must have required property '"+"image"+"'",schema:schema131.oneOf[3].required,parentSchema:schema131.oneOf[3],data};
if(vErrors === null){
vErrors = [err3];
}
else {
vErrors.push(err3);
}
errors++;
}
}
var _valid0 = _errs5 === errors;
if(_valid0 && valid0){
valid0 = false;
passing0 = [passing0, 3];
}
else {
if(_valid0){
valid0 = true;
passing0 = 3;
if(props0 !== true){
props0 = props0 || {};
props0.image = true;
}
}
const _errs6 = errors;
if(data && typeof data == "object" && !Array.isArray(data)){
if(data.oci === undefined){
const err4 = {instancePath,schemaPath:"#/oneOf/4/required",keyword:"required",params:{missingProperty: "oci"},message:"must have required property '"+"oci"+"'",schema:schema131.oneOf[4].required,parentSchema:schema131.oneOf[4],data};
if(vErrors === null){
vErrors = [err4];
}
else {
vErrors.push(err4);
}
errors++;
}
}
var _valid0 = _errs6 === errors;
if(_valid0 && valid0){
valid0 = false;
passing0 = [passing0, 4];
}
else {
if(_valid0){
valid0 = true;
passing0 = 4;
if(props0 !== true){
props0 = props0 || {};
props0.oci = true;
}
}
}
}
}
}
if(!valid0){
const err5 = {instancePath,schemaPath:"#/oneOf",keyword:"oneOf",params:{passingSchemas: passing0},message:"must match exactly one schema in oneOf",schema:schema131.oneOf,parentSchema:schema131,data};
if(vErrors === null){
vErrors = [err5];
}
else {
vErrors.push(err5);
}
errors++;
}
else {
errors = _errs1;
if(vErrors !== null){
if(_errs1){
vErrors.length = _errs1;
}
else {
vErrors = null;
}
}
}
if(data && typeof data == "object" && !Array.isArray(data)){
for(const key0 in data){
if(!(((((key0 === "debian") || (key0 === "tarball")) || (key0 === "directory")) || (key0 === "image")) || (key0 === "oci"))){
const err6 = {instancePath,schemaPath:"#/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key0},message:"must NOT have additional properties",schema:false,parentSchema:schema131,data};
if(vErrors === null){
vErrors = [err6];
}
else {
vErrors.push(err6);
}
errors++;
}
}
if(data.debian !== undefined){
let data0 = data.debian;
if(data0 && typeof data0 == "object" && !Array.isArray(data0)){
for(const key1 in data0){
if(!(((((((key1 === "suite") || (key1 === "variant")) || (key1 === "components")) || (key1 === "mirrors")) || (key1 === "updates")) || (key1 === "checkValidUntil")) || (key1 === "exclude"))){
const err7 = {instancePath:instancePath+"/debian",schemaPath:"#/properties/debian/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key1},message:"must NOT have additional properties",schema:false,parentSchema:schema131.properties.debian,data:data0};
if(vErrors === null){
vErrors = [err7];
}
else {
vErrors.push(err7);
}
errors++;
}
}
if(data0.suite !== undefined){
let data1 = data0.suite;
if(typeof data1 === "string"){
if(func2(data1) > 64){
const err8 = {instancePath:instancePath+"/debian/suite",schemaPath:"#/$defs/suite/maxLength",keyword:"maxLength",params:{limit: 64},message:"must NOT have more than 64 characters",schema:64,parentSchema:schema132,data:data1};
if(vErrors === null){
vErrors = [err8];
}
else {
vErrors.push(err8);
}
errors++;
}
if(!pattern74.test(data1)){
const err9 = {instancePath:instancePath+"/debian/suite",schemaPath:"#/$defs/suite/pattern",keyword:"pattern",params:{pattern: "^[a-z][a-z0-9.-]*$"},message:"must match pattern \""+"^[a-z][a-z0-9.-]*$"+"\"",schema:"^[a-z][a-z0-9.-]*$",parentSchema:schema132,data:data1};
if(vErrors === null){
vErrors = [err9];
}
else {
vErrors.push(err9);
}
errors++;
}
}
else {
const err10 = {instancePath:instancePath+"/debian/suite",schemaPath:"#/$defs/suite/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema132.type,parentSchema:schema132,data:data1};
if(vErrors === null){
vErrors = [err10];
}
else {
vErrors.push(err10);
}
errors++;
}
}
if(data0.variant !== undefined){
let data2 = data0.variant;
if(!((((data2 === "essential") || (data2 === "apt")) || (data2 === "minbase")) || (data2 === "standard"))){
const err11 = {instancePath:instancePath+"/debian/variant",schemaPath:"#/properties/debian/properties/variant/enum",keyword:"enum",params:{allowedValues: schema131.properties.debian.properties.variant.enum},message:"must be equal to one of the allowed values",schema:schema131.properties.debian.properties.variant.enum,parentSchema:schema131.properties.debian.properties.variant,data:data2};
if(vErrors === null){
vErrors = [err11];
}
else {
vErrors.push(err11);
}
errors++;
}
}
if(data0.components !== undefined){
let data3 = data0.components;
if(Array.isArray(data3)){
if(data3.length > 16){
const err12 = {instancePath:instancePath+"/debian/components",schemaPath:"#/properties/debian/properties/components/maxItems",keyword:"maxItems",params:{limit: 16},message:"must NOT have more than 16 items",schema:16,parentSchema:schema131.properties.debian.properties.components,data:data3};
if(vErrors === null){
vErrors = [err12];
}
else {
vErrors.push(err12);
}
errors++;
}
if(data3.length < 1){
const err13 = {instancePath:instancePath+"/debian/components",schemaPath:"#/properties/debian/properties/components/minItems",keyword:"minItems",params:{limit: 1},message:"must NOT have fewer than 1 items",schema:1,parentSchema:schema131.properties.debian.properties.components,data:data3};
if(vErrors === null){
vErrors = [err13];
}
else {
vErrors.push(err13);
}
errors++;
}
const len0 = data3.length;
for(let i0=0; i0<len0; i0++){
let data4 = data3[i0];
if(typeof data4 === "string"){
if(func2(data4) > 64){
const err14 = {instancePath:instancePath+"/debian/components/" + i0,schemaPath:"#/$defs/component/maxLength",keyword:"maxLength",params:{limit: 64},message:"must NOT have more than 64 characters",schema:64,parentSchema:schema133,data:data4};
if(vErrors === null){
vErrors = [err14];
}
else {
vErrors.push(err14);
}
errors++;
}
if(!pattern75.test(data4)){
const err15 = {instancePath:instancePath+"/debian/components/" + i0,schemaPath:"#/$defs/component/pattern",keyword:"pattern",params:{pattern: "^[a-z][a-z0-9/-]*$"},message:"must match pattern \""+"^[a-z][a-z0-9/-]*$"+"\"",schema:"^[a-z][a-z0-9/-]*$",parentSchema:schema133,data:data4};
if(vErrors === null){
vErrors = [err15];
}
else {
vErrors.push(err15);
}
errors++;
}
}
else {
const err16 = {instancePath:instancePath+"/debian/components/" + i0,schemaPath:"#/$defs/component/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema133.type,parentSchema:schema133,data:data4};
if(vErrors === null){
vErrors = [err16];
}
else {
vErrors.push(err16);
}
errors++;
}
}
let i1 = data3.length;
let j0;
if(i1 > 1){
outer0:
for(;i1--;){
for(j0 = i1; j0--;){
if(func0(data3[i1], data3[j0])){
const err17 = {instancePath:instancePath+"/debian/components",schemaPath:"#/properties/debian/properties/components/uniqueItems",keyword:"uniqueItems",params:{i: i1, j: j0},message:"must NOT have duplicate items (items ## "+j0+" and "+i1+" are identical)",schema:true,parentSchema:schema131.properties.debian.properties.components,data:data3};
if(vErrors === null){
vErrors = [err17];
}
else {
vErrors.push(err17);
}
errors++;
break outer0;
}
}
}
}
}
else {
const err18 = {instancePath:instancePath+"/debian/components",schemaPath:"#/properties/debian/properties/components/type",keyword:"type",params:{type: "array"},message:"must be array",schema:schema131.properties.debian.properties.components.type,parentSchema:schema131.properties.debian.properties.components,data:data3};
if(vErrors === null){
vErrors = [err18];
}
else {
vErrors.push(err18);
}
errors++;
}
}
if(data0.mirrors !== undefined){
let data5 = data0.mirrors;
if(Array.isArray(data5)){
if(data5.length > 16){
const err19 = {instancePath:instancePath+"/debian/mirrors",schemaPath:"#/properties/debian/properties/mirrors/maxItems",keyword:"maxItems",params:{limit: 16},message:"must NOT have more than 16 items",schema:16,parentSchema:schema131.properties.debian.properties.mirrors,data:data5};
if(vErrors === null){
vErrors = [err19];
}
else {
vErrors.push(err19);
}
errors++;
}
if(data5.length < 1){
const err20 = {instancePath:instancePath+"/debian/mirrors",schemaPath:"#/properties/debian/properties/mirrors/minItems",keyword:"minItems",params:{limit: 1},message:"must NOT have fewer than 1 items",schema:1,parentSchema:schema131.properties.debian.properties.mirrors,data:data5};
if(vErrors === null){
vErrors = [err20];
}
else {
vErrors.push(err20);
}
errors++;
}
const len1 = data5.length;
for(let i2=0; i2<len1; i2++){
let data6 = data5[i2];
if(typeof data6 === "string"){
if(func2(data6) > 1024){
const err21 = {instancePath:instancePath+"/debian/mirrors/" + i2,schemaPath:"#/$defs/mirror/maxLength",keyword:"maxLength",params:{limit: 1024},message:"must NOT have more than 1024 characters",schema:1024,parentSchema:schema134,data:data6};
if(vErrors === null){
vErrors = [err21];
}
else {
vErrors.push(err21);
}
errors++;
}
if(!pattern76.test(data6)){
const err22 = {instancePath:instancePath+"/debian/mirrors/" + i2,schemaPath:"#/$defs/mirror/pattern",keyword:"pattern",params:{pattern: "^https?://[^\\s@\\[\\]\"]+$"},message:"must match pattern \""+"^https?://[^\\s@\\[\\]\"]+$"+"\"",schema:"^https?://[^\\s@\\[\\]\"]+$",parentSchema:schema134,data:data6};
if(vErrors === null){
vErrors = [err22];
}
else {
vErrors.push(err22);
}
errors++;
}
}
else {
const err23 = {instancePath:instancePath+"/debian/mirrors/" + i2,schemaPath:"#/$defs/mirror/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema134.type,parentSchema:schema134,data:data6};
if(vErrors === null){
vErrors = [err23];
}
else {
vErrors.push(err23);
}
errors++;
}
}
}
else {
const err24 = {instancePath:instancePath+"/debian/mirrors",schemaPath:"#/properties/debian/properties/mirrors/type",keyword:"type",params:{type: "array"},message:"must be array",schema:schema131.properties.debian.properties.mirrors.type,parentSchema:schema131.properties.debian.properties.mirrors,data:data5};
if(vErrors === null){
vErrors = [err24];
}
else {
vErrors.push(err24);
}
errors++;
}
}
if(data0.updates !== undefined){
let data7 = data0.updates;
if(typeof data7 !== "boolean"){
const err25 = {instancePath:instancePath+"/debian/updates",schemaPath:"#/properties/debian/properties/updates/type",keyword:"type",params:{type: "boolean"},message:"must be boolean",schema:schema131.properties.debian.properties.updates.type,parentSchema:schema131.properties.debian.properties.updates,data:data7};
if(vErrors === null){
vErrors = [err25];
}
else {
vErrors.push(err25);
}
errors++;
}
}
if(data0.checkValidUntil !== undefined){
let data8 = data0.checkValidUntil;
if(typeof data8 !== "boolean"){
const err26 = {instancePath:instancePath+"/debian/checkValidUntil",schemaPath:"#/properties/debian/properties/checkValidUntil/type",keyword:"type",params:{type: "boolean"},message:"must be boolean",schema:schema131.properties.debian.properties.checkValidUntil.type,parentSchema:schema131.properties.debian.properties.checkValidUntil,data:data8};
if(vErrors === null){
vErrors = [err26];
}
else {
vErrors.push(err26);
}
errors++;
}
}
if(data0.exclude !== undefined){
let data9 = data0.exclude;
if(Array.isArray(data9)){
if(data9.length > 64){
const err27 = {instancePath:instancePath+"/debian/exclude",schemaPath:"#/properties/debian/properties/exclude/maxItems",keyword:"maxItems",params:{limit: 64},message:"must NOT have more than 64 items",schema:64,parentSchema:schema131.properties.debian.properties.exclude,data:data9};
if(vErrors === null){
vErrors = [err27];
}
else {
vErrors.push(err27);
}
errors++;
}
const len2 = data9.length;
for(let i3=0; i3<len2; i3++){
let data10 = data9[i3];
if(typeof data10 === "string"){
if(func2(data10) > 1024){
const err28 = {instancePath:instancePath+"/debian/exclude/" + i3,schemaPath:"#/$defs/pathPattern/maxLength",keyword:"maxLength",params:{limit: 1024},message:"must NOT have more than 1024 characters",schema:1024,parentSchema:schema135,data:data10};
if(vErrors === null){
vErrors = [err28];
}
else {
vErrors.push(err28);
}
errors++;
}
if(!pattern77.test(data10)){
const err29 = {instancePath:instancePath+"/debian/exclude/" + i3,schemaPath:"#/$defs/pathPattern/pattern",keyword:"pattern",params:{pattern: "^/[^\\s\"'\\\\;]+$"},message:"must match pattern \""+"^/[^\\s\"'\\\\;]+$"+"\"",schema:"^/[^\\s\"'\\\\;]+$",parentSchema:schema135,data:data10};
if(vErrors === null){
vErrors = [err29];
}
else {
vErrors.push(err29);
}
errors++;
}
}
else {
const err30 = {instancePath:instancePath+"/debian/exclude/" + i3,schemaPath:"#/$defs/pathPattern/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema135.type,parentSchema:schema135,data:data10};
if(vErrors === null){
vErrors = [err30];
}
else {
vErrors.push(err30);
}
errors++;
}
}
}
else {
const err31 = {instancePath:instancePath+"/debian/exclude",schemaPath:"#/properties/debian/properties/exclude/type",keyword:"type",params:{type: "array"},message:"must be array",schema:schema131.properties.debian.properties.exclude.type,parentSchema:schema131.properties.debian.properties.exclude,data:data9};
if(vErrors === null){
vErrors = [err31];
}
else {
vErrors.push(err31);
}
errors++;
}
}
}
else {
const err32 = {instancePath:instancePath+"/debian",schemaPath:"#/properties/debian/type",keyword:"type",params:{type: "object"},message:"must be object",schema:schema131.properties.debian.type,parentSchema:schema131.properties.debian,data:data0};
if(vErrors === null){
vErrors = [err32];
}
else {
vErrors.push(err32);
}
errors++;
}
}
if(data.tarball !== undefined){
let data11 = data.tarball;
if(data11 && typeof data11 == "object" && !Array.isArray(data11)){
if(data11.file === undefined){
const err33 = {instancePath:instancePath+"/tarball",schemaPath:"#/properties/tarball/required",keyword:"required",params:{missingProperty: "file"},message:"must have required property '"+"file"+"'",schema:schema131.properties.tarball.required,parentSchema:schema131.properties.tarball,data:data11};
if(vErrors === null){
vErrors = [err33];
}
else {
vErrors.push(err33);
}
errors++;
}
if(data11.sha256 === undefined){
const err34 = {instancePath:instancePath+"/tarball",schemaPath:"#/properties/tarball/required",keyword:"required",params:{missingProperty: "sha256"},message:"must have required property '"+"sha256"+"'",schema:schema131.properties.tarball.required,parentSchema:schema131.properties.tarball,data:data11};
if(vErrors === null){
vErrors = [err34];
}
else {
vErrors.push(err34);
}
errors++;
}
for(const key2 in data11){
if(!((key2 === "file") || (key2 === "sha256"))){
const err35 = {instancePath:instancePath+"/tarball",schemaPath:"#/properties/tarball/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key2},message:"must NOT have additional properties",schema:false,parentSchema:schema131.properties.tarball,data:data11};
if(vErrors === null){
vErrors = [err35];
}
else {
vErrors.push(err35);
}
errors++;
}
}
if(data11.file !== undefined){
let data12 = data11.file;
if(typeof data12 === "string"){
if(func2(data12) > 1024){
const err36 = {instancePath:instancePath+"/tarball/file",schemaPath:"#/$defs/contextPath/maxLength",keyword:"maxLength",params:{limit: 1024},message:"must NOT have more than 1024 characters",schema:1024,parentSchema:schema136,data:data12};
if(vErrors === null){
vErrors = [err36];
}
else {
vErrors.push(err36);
}
errors++;
}
if(func2(data12) < 1){
const err37 = {instancePath:instancePath+"/tarball/file",schemaPath:"#/$defs/contextPath/minLength",keyword:"minLength",params:{limit: 1},message:"must NOT have fewer than 1 characters",schema:1,parentSchema:schema136,data:data12};
if(vErrors === null){
vErrors = [err37];
}
else {
vErrors.push(err37);
}
errors++;
}
if(!pattern14.test(data12)){
const err38 = {instancePath:instancePath+"/tarball/file",schemaPath:"#/$defs/contextPath/pattern",keyword:"pattern",params:{pattern: "^[^/]"},message:"must match pattern \""+"^[^/]"+"\"",schema:"^[^/]",parentSchema:schema136,data:data12};
if(vErrors === null){
vErrors = [err38];
}
else {
vErrors.push(err38);
}
errors++;
}
}
else {
const err39 = {instancePath:instancePath+"/tarball/file",schemaPath:"#/$defs/contextPath/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema136.type,parentSchema:schema136,data:data12};
if(vErrors === null){
vErrors = [err39];
}
else {
vErrors.push(err39);
}
errors++;
}
}
if(data11.sha256 !== undefined){
let data13 = data11.sha256;
if(typeof data13 === "string"){
if(func2(data13) > 71){
const err40 = {instancePath:instancePath+"/tarball/sha256",schemaPath:"#/$defs/sha256/maxLength",keyword:"maxLength",params:{limit: 71},message:"must NOT have more than 71 characters",schema:71,parentSchema:schema137,data:data13};
if(vErrors === null){
vErrors = [err40];
}
else {
vErrors.push(err40);
}
errors++;
}
if(!pattern6.test(data13)){
const err41 = {instancePath:instancePath+"/tarball/sha256",schemaPath:"#/$defs/sha256/pattern",keyword:"pattern",params:{pattern: "^(sha256:)?[0-9a-fA-F]{64}$"},message:"must match pattern \""+"^(sha256:)?[0-9a-fA-F]{64}$"+"\"",schema:"^(sha256:)?[0-9a-fA-F]{64}$",parentSchema:schema137,data:data13};
if(vErrors === null){
vErrors = [err41];
}
else {
vErrors.push(err41);
}
errors++;
}
}
else {
const err42 = {instancePath:instancePath+"/tarball/sha256",schemaPath:"#/$defs/sha256/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema137.type,parentSchema:schema137,data:data13};
if(vErrors === null){
vErrors = [err42];
}
else {
vErrors.push(err42);
}
errors++;
}
}
}
else {
const err43 = {instancePath:instancePath+"/tarball",schemaPath:"#/properties/tarball/type",keyword:"type",params:{type: "object"},message:"must be object",schema:schema131.properties.tarball.type,parentSchema:schema131.properties.tarball,data:data11};
if(vErrors === null){
vErrors = [err43];
}
else {
vErrors.push(err43);
}
errors++;
}
}
if(data.directory !== undefined){
let data14 = data.directory;
if(typeof data14 === "string"){
if(func2(data14) > 1024){
const err44 = {instancePath:instancePath+"/directory",schemaPath:"#/$defs/contextPath/maxLength",keyword:"maxLength",params:{limit: 1024},message:"must NOT have more than 1024 characters",schema:1024,parentSchema:schema136,data:data14};
if(vErrors === null){
vErrors = [err44];
}
else {
vErrors.push(err44);
}
errors++;
}
if(func2(data14) < 1){
const err45 = {instancePath:instancePath+"/directory",schemaPath:"#/$defs/contextPath/minLength",keyword:"minLength",params:{limit: 1},message:"must NOT have fewer than 1 characters",schema:1,parentSchema:schema136,data:data14};
if(vErrors === null){
vErrors = [err45];
}
else {
vErrors.push(err45);
}
errors++;
}
if(!pattern14.test(data14)){
const err46 = {instancePath:instancePath+"/directory",schemaPath:"#/$defs/contextPath/pattern",keyword:"pattern",params:{pattern: "^[^/]"},message:"must match pattern \""+"^[^/]"+"\"",schema:"^[^/]",parentSchema:schema136,data:data14};
if(vErrors === null){
vErrors = [err46];
}
else {
vErrors.push(err46);
}
errors++;
}
}
else {
const err47 = {instancePath:instancePath+"/directory",schemaPath:"#/$defs/contextPath/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema136.type,parentSchema:schema136,data:data14};
if(vErrors === null){
vErrors = [err47];
}
else {
vErrors.push(err47);
}
errors++;
}
}
if(data.image !== undefined){
let data15 = data.image;
if(data15 && typeof data15 == "object" && !Array.isArray(data15)){
if(data15.file === undefined){
const err48 = {instancePath:instancePath+"/image",schemaPath:"#/properties/image/required",keyword:"required",params:{missingProperty: "file"},message:"must have required property '"+"file"+"'",schema:schema131.properties.image.required,parentSchema:schema131.properties.image,data:data15};
if(vErrors === null){
vErrors = [err48];
}
else {
vErrors.push(err48);
}
errors++;
}
if(data15.sha256 === undefined){
const err49 = {instancePath:instancePath+"/image",schemaPath:"#/properties/image/required",keyword:"required",params:{missingProperty: "sha256"},message:"must have required property '"+"sha256"+"'",schema:schema131.properties.image.required,parentSchema:schema131.properties.image,data:data15};
if(vErrors === null){
vErrors = [err49];
}
else {
vErrors.push(err49);
}
errors++;
}
for(const key3 in data15){
if(!((key3 === "file") || (key3 === "sha256"))){
const err50 = {instancePath:instancePath+"/image",schemaPath:"#/properties/image/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key3},message:"must NOT have additional properties",schema:false,parentSchema:schema131.properties.image,data:data15};
if(vErrors === null){
vErrors = [err50];
}
else {
vErrors.push(err50);
}
errors++;
}
}
if(data15.file !== undefined){
let data16 = data15.file;
if(typeof data16 === "string"){
if(func2(data16) > 1024){
const err51 = {instancePath:instancePath+"/image/file",schemaPath:"#/$defs/contextPath/maxLength",keyword:"maxLength",params:{limit: 1024},message:"must NOT have more than 1024 characters",schema:1024,parentSchema:schema136,data:data16};
if(vErrors === null){
vErrors = [err51];
}
else {
vErrors.push(err51);
}
errors++;
}
if(func2(data16) < 1){
const err52 = {instancePath:instancePath+"/image/file",schemaPath:"#/$defs/contextPath/minLength",keyword:"minLength",params:{limit: 1},message:"must NOT have fewer than 1 characters",schema:1,parentSchema:schema136,data:data16};
if(vErrors === null){
vErrors = [err52];
}
else {
vErrors.push(err52);
}
errors++;
}
if(!pattern14.test(data16)){
const err53 = {instancePath:instancePath+"/image/file",schemaPath:"#/$defs/contextPath/pattern",keyword:"pattern",params:{pattern: "^[^/]"},message:"must match pattern \""+"^[^/]"+"\"",schema:"^[^/]",parentSchema:schema136,data:data16};
if(vErrors === null){
vErrors = [err53];
}
else {
vErrors.push(err53);
}
errors++;
}
}
else {
const err54 = {instancePath:instancePath+"/image/file",schemaPath:"#/$defs/contextPath/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema136.type,parentSchema:schema136,data:data16};
if(vErrors === null){
vErrors = [err54];
}
else {
vErrors.push(err54);
}
errors++;
}
}
if(data15.sha256 !== undefined){
let data17 = data15.sha256;
if(typeof data17 === "string"){
if(func2(data17) > 71){
const err55 = {instancePath:instancePath+"/image/sha256",schemaPath:"#/$defs/sha256/maxLength",keyword:"maxLength",params:{limit: 71},message:"must NOT have more than 71 characters",schema:71,parentSchema:schema137,data:data17};
if(vErrors === null){
vErrors = [err55];
}
else {
vErrors.push(err55);
}
errors++;
}
if(!pattern6.test(data17)){
const err56 = {instancePath:instancePath+"/image/sha256",schemaPath:"#/$defs/sha256/pattern",keyword:"pattern",params:{pattern: "^(sha256:)?[0-9a-fA-F]{64}$"},message:"must match pattern \""+"^(sha256:)?[0-9a-fA-F]{64}$"+"\"",schema:"^(sha256:)?[0-9a-fA-F]{64}$",parentSchema:schema137,data:data17};
if(vErrors === null){
vErrors = [err56];
}
else {
vErrors.push(err56);
}
errors++;
}
}
else {
const err57 = {instancePath:instancePath+"/image/sha256",schemaPath:"#/$defs/sha256/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema137.type,parentSchema:schema137,data:data17};
if(vErrors === null){
vErrors = [err57];
}
else {
vErrors.push(err57);
}
errors++;
}
}
}
else {
const err58 = {instancePath:instancePath+"/image",schemaPath:"#/properties/image/type",keyword:"type",params:{type: "object"},message:"must be object",schema:schema131.properties.image.type,parentSchema:schema131.properties.image,data:data15};
if(vErrors === null){
vErrors = [err58];
}
else {
vErrors.push(err58);
}
errors++;
}
}
if(data.oci !== undefined){
let data18 = data.oci;
if(data18 && typeof data18 == "object" && !Array.isArray(data18)){
if(data18.source === undefined){
const err59 = {instancePath:instancePath+"/oci",schemaPath:"#/properties/oci/required",keyword:"required",params:{missingProperty: "source"},message:"must have required property '"+"source"+"'",schema:schema131.properties.oci.required,parentSchema:schema131.properties.oci,data:data18};
if(vErrors === null){
vErrors = [err59];
}
else {
vErrors.push(err59);
}
errors++;
}
for(const key4 in data18){
if(!(key4 === "source")){
const err60 = {instancePath:instancePath+"/oci",schemaPath:"#/properties/oci/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key4},message:"must NOT have additional properties",schema:false,parentSchema:schema131.properties.oci,data:data18};
if(vErrors === null){
vErrors = [err60];
}
else {
vErrors.push(err60);
}
errors++;
}
}
if(data18.source !== undefined){
let data19 = data18.source;
if(typeof data19 === "string"){
if(func2(data19) > 1024){
const err61 = {instancePath:instancePath+"/oci/source",schemaPath:"#/$defs/ociSource/maxLength",keyword:"maxLength",params:{limit: 1024},message:"must NOT have more than 1024 characters",schema:1024,parentSchema:schema141,data:data19};
if(vErrors === null){
vErrors = [err61];
}
else {
vErrors.push(err61);
}
errors++;
}
if(!pattern83.test(data19)){
const err62 = {instancePath:instancePath+"/oci/source",schemaPath:"#/$defs/ociSource/pattern",keyword:"pattern",params:{pattern: "^(oci:[^/:\\s][^:\\s]*(:[A-Za-z0-9_][A-Za-z0-9._-]*)?|docker://(localhost|[A-Za-z0-9][A-Za-z0-9-]*[.:][A-Za-z0-9.:-]*)/[^/\\s][^\\s]*)$"},message:"must match pattern \""+"^(oci:[^/:\\s][^:\\s]*(:[A-Za-z0-9_][A-Za-z0-9._-]*)?|docker://(localhost|[A-Za-z0-9][A-Za-z0-9-]*[.:][A-Za-z0-9.:-]*)/[^/\\s][^\\s]*)$"+"\"",schema:"^(oci:[^/:\\s][^:\\s]*(:[A-Za-z0-9_][A-Za-z0-9._-]*)?|docker://(localhost|[A-Za-z0-9][A-Za-z0-9-]*[.:][A-Za-z0-9.:-]*)/[^/\\s][^\\s]*)$",parentSchema:schema141,data:data19};
if(vErrors === null){
vErrors = [err62];
}
else {
vErrors.push(err62);
}
errors++;
}
}
else {
const err63 = {instancePath:instancePath+"/oci/source",schemaPath:"#/$defs/ociSource/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema141.type,parentSchema:schema141,data:data19};
if(vErrors === null){
vErrors = [err63];
}
else {
vErrors.push(err63);
}
errors++;
}
}
}
else {
const err64 = {instancePath:instancePath+"/oci",schemaPath:"#/properties/oci/type",keyword:"type",params:{type: "object"},message:"must be object",schema:schema131.properties.oci.type,parentSchema:schema131.properties.oci,data:data18};
if(vErrors === null){
vErrors = [err64];
}
else {
vErrors.push(err64);
}
errors++;
}
}
}
else {
const err65 = {instancePath,schemaPath:"#/type",keyword:"type",params:{type: "object"},message:"must be object",schema:schema131.type,parentSchema:schema131,data};
if(vErrors === null){
vErrors = [err65];
}
else {
vErrors.push(err65);
}
errors++;
}
validate51.errors = vErrors;
return errors === 0;
}
validate51.evaluated = {"props":true,"dynamicProps":false,"dynamicItems":false};

const schema142 = {"description":"One change.","type":"object","additionalProperties":false,"oneOf":[{"required":["packages"],"properties":{"packages":true}},{"required":["files"],"properties":{"files":true}},{"required":["remove"],"properties":{"remove":true}},{"required":["run"],"properties":{"run":true}}],"properties":{"packages":{"description":"Packages to install, without those that they only recommend. On a `debian` base the first steps of this kind are installed with it; later ones by the image's own apt-get or apk, with the host's network.","type":"array","minItems":1,"maxItems":1024,"uniqueItems":true,"items":{"$ref":"#/$defs/packageName"},"examples":[["nginx-light"]]},"files":{"description":"Files, directories and links to make.","type":"array","minItems":1,"maxItems":1024,"items":{"$ref":"#/$defs/file"},"examples":[[{"path":"/etc/nginx/nginx.conf","source":"webserver/nginx.conf"}]]},"remove":{"description":"Paths that go, with everything below them. One that is not there is no mistake.","type":"array","minItems":1,"maxItems":1024,"items":{"$ref":"#/$defs/rackPath"},"examples":[["/usr/share/doc"]]},"run":{"description":"A command in the image: a program with its arguments as a list, or text for `/bin/sh -e`. It runs as root of the image, sees nothing of the host, and fails the build when it fails.","anyOf":[{"type":"string","minLength":1,"maxLength":65536},{"type":"array","minItems":1,"maxItems":256,"items":{"type":"string","maxLength":32768}}],"examples":["ldconfig"]},"network":{"description":"The command of `run` has the host's network; without, it has none. What it fetches is not pinned by the recipe.","type":"boolean","default":false,"examples":[true]},"timeout":{"description":"How long the command of `run`, or the installation of `packages`, may take; 1s to 24h. The first `packages` of a `debian` base are installed with the release: for that an hour is added to theirs.","$ref":"#/$defs/duration","default":"1h","examples":["10m"]}}};
const schema143 = {"description":"A package as the package manager names it, `nginx-light` or `nginx-light=1.22.1-9`; never an option.","type":"string","maxLength":256,"pattern":"^[A-Za-z0-9][A-Za-z0-9+.:=~_/@-]*$"};
const schema145 = {"description":"Absolute path in the image, without `.`, `..` and empty parts.","type":"string","maxLength":4095,"pattern":"^/"};
const schema150 = {"description":"A number with its unit: `ms`, `s`, `m` or `h`.","type":"string","maxLength":16,"pattern":"^[0-9]{1,9}(\\.[0-9]{1,3})?(ms|s|m|h)$"};
const pattern84 = new RegExp("^[A-Za-z0-9][A-Za-z0-9+.:=~_/@-]*$", "u");
const schema144 = {"description":"Something to make in the image: from a `source`, with a written `content`, as a `link`, or else an empty directory.","type":"object","additionalProperties":false,"required":["path"],"properties":{"path":{"description":"Where. Missing directories above it are made; what is there is replaced, a directory only by a directory.","$ref":"#/$defs/rackPath","examples":["/etc/nginx/nginx.conf"]},"source":{"description":"A file or directory below the recipe's directory; a directory is copied with all that is in it.","$ref":"#/$defs/contextPath","examples":["webserver/nginx.conf"]},"content":{"description":"The content itself.","type":"string","maxLength":65536,"examples":["1.0 ok\n"]},"link":{"description":"What a symbolic link points to.","type":"string","minLength":1,"maxLength":4095,"examples":["/dev/stderr"]},"mode":{"description":"Permission bits; not of a link. Default: 0755 for directories and what is executable in the repository, else 0644.","$ref":"#/$defs/mode","examples":["0640"]},"owner":{"description":"Owner by number, `\"uid\"` or `\"uid:gid\"`.","$ref":"#/$defs/owner","default":"0:0","examples":["33:33"]}}};
const schema147 = {"description":"Permission bits in octal, in quotes.","anyOf":[{"type":"string","maxLength":4,"pattern":"^0?[0-7]{3}$"},{"type":"integer","minimum":0,"maximum":511}]};
const schema148 = {"description":"`\"uid\"` or `\"uid:gid\"`, by number.","type":"string","maxLength":32,"pattern":"^(0|[1-9][0-9]{0,8})(:(0|[1-9][0-9]{0,8}))?$"};
const pattern88 = new RegExp("^(0|[1-9][0-9]{0,8})(:(0|[1-9][0-9]{0,8}))?$", "u");

function validate54(data, {instancePath="", parentData, parentDataProperty, rootData=data, dynamicAnchors={}}={}){
let vErrors = null;
let errors = 0;
const evaluated0 = validate54.evaluated;
if(evaluated0.dynamicProps){
evaluated0.props = undefined;
}
if(evaluated0.dynamicItems){
evaluated0.items = undefined;
}
if(data && typeof data == "object" && !Array.isArray(data)){
if(data.path === undefined){
const err0 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "path"},message:"must have required property '"+"path"+"'",schema:schema144.required,parentSchema:schema144,data};
if(vErrors === null){
vErrors = [err0];
}
else {
vErrors.push(err0);
}
errors++;
}
for(const key0 in data){
if(!((((((key0 === "path") || (key0 === "source")) || (key0 === "content")) || (key0 === "link")) || (key0 === "mode")) || (key0 === "owner"))){
const err1 = {instancePath,schemaPath:"#/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key0},message:"must NOT have additional properties",schema:false,parentSchema:schema144,data};
if(vErrors === null){
vErrors = [err1];
}
else {
vErrors.push(err1);
}
errors++;
}
}
if(data.path !== undefined){
let data0 = data.path;
if(typeof data0 === "string"){
if(func2(data0) > 4095){
const err2 = {instancePath:instancePath+"/path",schemaPath:"#/$defs/rackPath/maxLength",keyword:"maxLength",params:{limit: 4095},message:"must NOT have more than 4095 characters",schema:4095,parentSchema:schema145,data:data0};
if(vErrors === null){
vErrors = [err2];
}
else {
vErrors.push(err2);
}
errors++;
}
if(!pattern10.test(data0)){
const err3 = {instancePath:instancePath+"/path",schemaPath:"#/$defs/rackPath/pattern",keyword:"pattern",params:{pattern: "^/"},message:"must match pattern \""+"^/"+"\"",schema:"^/",parentSchema:schema145,data:data0};
if(vErrors === null){
vErrors = [err3];
}
else {
vErrors.push(err3);
}
errors++;
}
}
else {
const err4 = {instancePath:instancePath+"/path",schemaPath:"#/$defs/rackPath/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema145.type,parentSchema:schema145,data:data0};
if(vErrors === null){
vErrors = [err4];
}
else {
vErrors.push(err4);
}
errors++;
}
}
if(data.source !== undefined){
let data1 = data.source;
if(typeof data1 === "string"){
if(func2(data1) > 1024){
const err5 = {instancePath:instancePath+"/source",schemaPath:"#/$defs/contextPath/maxLength",keyword:"maxLength",params:{limit: 1024},message:"must NOT have more than 1024 characters",schema:1024,parentSchema:schema136,data:data1};
if(vErrors === null){
vErrors = [err5];
}
else {
vErrors.push(err5);
}
errors++;
}
if(func2(data1) < 1){
const err6 = {instancePath:instancePath+"/source",schemaPath:"#/$defs/contextPath/minLength",keyword:"minLength",params:{limit: 1},message:"must NOT have fewer than 1 characters",schema:1,parentSchema:schema136,data:data1};
if(vErrors === null){
vErrors = [err6];
}
else {
vErrors.push(err6);
}
errors++;
}
if(!pattern14.test(data1)){
const err7 = {instancePath:instancePath+"/source",schemaPath:"#/$defs/contextPath/pattern",keyword:"pattern",params:{pattern: "^[^/]"},message:"must match pattern \""+"^[^/]"+"\"",schema:"^[^/]",parentSchema:schema136,data:data1};
if(vErrors === null){
vErrors = [err7];
}
else {
vErrors.push(err7);
}
errors++;
}
}
else {
const err8 = {instancePath:instancePath+"/source",schemaPath:"#/$defs/contextPath/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema136.type,parentSchema:schema136,data:data1};
if(vErrors === null){
vErrors = [err8];
}
else {
vErrors.push(err8);
}
errors++;
}
}
if(data.content !== undefined){
let data2 = data.content;
if(typeof data2 === "string"){
if(func2(data2) > 65536){
const err9 = {instancePath:instancePath+"/content",schemaPath:"#/properties/content/maxLength",keyword:"maxLength",params:{limit: 65536},message:"must NOT have more than 65536 characters",schema:65536,parentSchema:schema144.properties.content,data:data2};
if(vErrors === null){
vErrors = [err9];
}
else {
vErrors.push(err9);
}
errors++;
}
}
else {
const err10 = {instancePath:instancePath+"/content",schemaPath:"#/properties/content/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema144.properties.content.type,parentSchema:schema144.properties.content,data:data2};
if(vErrors === null){
vErrors = [err10];
}
else {
vErrors.push(err10);
}
errors++;
}
}
if(data.link !== undefined){
let data3 = data.link;
if(typeof data3 === "string"){
if(func2(data3) > 4095){
const err11 = {instancePath:instancePath+"/link",schemaPath:"#/properties/link/maxLength",keyword:"maxLength",params:{limit: 4095},message:"must NOT have more than 4095 characters",schema:4095,parentSchema:schema144.properties.link,data:data3};
if(vErrors === null){
vErrors = [err11];
}
else {
vErrors.push(err11);
}
errors++;
}
if(func2(data3) < 1){
const err12 = {instancePath:instancePath+"/link",schemaPath:"#/properties/link/minLength",keyword:"minLength",params:{limit: 1},message:"must NOT have fewer than 1 characters",schema:1,parentSchema:schema144.properties.link,data:data3};
if(vErrors === null){
vErrors = [err12];
}
else {
vErrors.push(err12);
}
errors++;
}
}
else {
const err13 = {instancePath:instancePath+"/link",schemaPath:"#/properties/link/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema144.properties.link.type,parentSchema:schema144.properties.link,data:data3};
if(vErrors === null){
vErrors = [err13];
}
else {
vErrors.push(err13);
}
errors++;
}
}
if(data.mode !== undefined){
let data4 = data.mode;
const _errs14 = errors;
let valid4 = false;
const _errs15 = errors;
if(typeof data4 === "string"){
if(func2(data4) > 4){
const err14 = {instancePath:instancePath+"/mode",schemaPath:"#/$defs/mode/anyOf/0/maxLength",keyword:"maxLength",params:{limit: 4},message:"must NOT have more than 4 characters",schema:4,parentSchema:schema147.anyOf[0],data:data4};
if(vErrors === null){
vErrors = [err14];
}
else {
vErrors.push(err14);
}
errors++;
}
if(!pattern15.test(data4)){
const err15 = {instancePath:instancePath+"/mode",schemaPath:"#/$defs/mode/anyOf/0/pattern",keyword:"pattern",params:{pattern: "^0?[0-7]{3}$"},message:"must match pattern \""+"^0?[0-7]{3}$"+"\"",schema:"^0?[0-7]{3}$",parentSchema:schema147.anyOf[0],data:data4};
if(vErrors === null){
vErrors = [err15];
}
else {
vErrors.push(err15);
}
errors++;
}
}
else {
const err16 = {instancePath:instancePath+"/mode",schemaPath:"#/$defs/mode/anyOf/0/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema147.anyOf[0].type,parentSchema:schema147.anyOf[0],data:data4};
if(vErrors === null){
vErrors = [err16];
}
else {
vErrors.push(err16);
}
errors++;
}
var _valid0 = _errs15 === errors;
valid4 = valid4 || _valid0;
const _errs17 = errors;
if(!(((typeof data4 == "number") && (!(data4 % 1) && !isNaN(data4))) && (isFinite(data4)))){
const err17 = {instancePath:instancePath+"/mode",schemaPath:"#/$defs/mode/anyOf/1/type",keyword:"type",params:{type: "integer"},message:"must be integer",schema:schema147.anyOf[1].type,parentSchema:schema147.anyOf[1],data:data4};
if(vErrors === null){
vErrors = [err17];
}
else {
vErrors.push(err17);
}
errors++;
}
if((typeof data4 == "number") && (isFinite(data4))){
if(data4 > 511 || isNaN(data4)){
const err18 = {instancePath:instancePath+"/mode",schemaPath:"#/$defs/mode/anyOf/1/maximum",keyword:"maximum",params:{comparison: "<=", limit: 511},message:"must be <= 511",schema:511,parentSchema:schema147.anyOf[1],data:data4};
if(vErrors === null){
vErrors = [err18];
}
else {
vErrors.push(err18);
}
errors++;
}
if(data4 < 0 || isNaN(data4)){
const err19 = {instancePath:instancePath+"/mode",schemaPath:"#/$defs/mode/anyOf/1/minimum",keyword:"minimum",params:{comparison: ">=", limit: 0},message:"must be >= 0",schema:0,parentSchema:schema147.anyOf[1],data:data4};
if(vErrors === null){
vErrors = [err19];
}
else {
vErrors.push(err19);
}
errors++;
}
}
var _valid0 = _errs17 === errors;
valid4 = valid4 || _valid0;
if(!valid4){
const err20 = {instancePath:instancePath+"/mode",schemaPath:"#/$defs/mode/anyOf",keyword:"anyOf",params:{},message:"must match a schema in anyOf",schema:schema147.anyOf,parentSchema:schema147,data:data4};
if(vErrors === null){
vErrors = [err20];
}
else {
vErrors.push(err20);
}
errors++;
}
else {
errors = _errs14;
if(vErrors !== null){
if(_errs14){
vErrors.length = _errs14;
}
else {
vErrors = null;
}
}
}
}
if(data.owner !== undefined){
let data5 = data.owner;
if(typeof data5 === "string"){
if(func2(data5) > 32){
const err21 = {instancePath:instancePath+"/owner",schemaPath:"#/$defs/owner/maxLength",keyword:"maxLength",params:{limit: 32},message:"must NOT have more than 32 characters",schema:32,parentSchema:schema148,data:data5};
if(vErrors === null){
vErrors = [err21];
}
else {
vErrors.push(err21);
}
errors++;
}
if(!pattern88.test(data5)){
const err22 = {instancePath:instancePath+"/owner",schemaPath:"#/$defs/owner/pattern",keyword:"pattern",params:{pattern: "^(0|[1-9][0-9]{0,8})(:(0|[1-9][0-9]{0,8}))?$"},message:"must match pattern \""+"^(0|[1-9][0-9]{0,8})(:(0|[1-9][0-9]{0,8}))?$"+"\"",schema:"^(0|[1-9][0-9]{0,8})(:(0|[1-9][0-9]{0,8}))?$",parentSchema:schema148,data:data5};
if(vErrors === null){
vErrors = [err22];
}
else {
vErrors.push(err22);
}
errors++;
}
}
else {
const err23 = {instancePath:instancePath+"/owner",schemaPath:"#/$defs/owner/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema148.type,parentSchema:schema148,data:data5};
if(vErrors === null){
vErrors = [err23];
}
else {
vErrors.push(err23);
}
errors++;
}
}
}
else {
const err24 = {instancePath,schemaPath:"#/type",keyword:"type",params:{type: "object"},message:"must be object",schema:schema144.type,parentSchema:schema144,data};
if(vErrors === null){
vErrors = [err24];
}
else {
vErrors.push(err24);
}
errors++;
}
validate54.errors = vErrors;
return errors === 0;
}
validate54.evaluated = {"props":true,"dynamicProps":false,"dynamicItems":false};


function validate53(data, {instancePath="", parentData, parentDataProperty, rootData=data, dynamicAnchors={}}={}){
let vErrors = null;
let errors = 0;
const evaluated0 = validate53.evaluated;
if(evaluated0.dynamicProps){
evaluated0.props = undefined;
}
if(evaluated0.dynamicItems){
evaluated0.items = undefined;
}
const _errs1 = errors;
let valid0 = false;
let passing0 = null;
const _errs2 = errors;
if(data && typeof data == "object" && !Array.isArray(data)){
if(data.packages === undefined){
const err0 = {instancePath,schemaPath:"#/oneOf/0/required",keyword:"required",params:{missingProperty: "packages"},message:"must have required property '"+"packages"+"'",schema:schema142.oneOf[0].required,parentSchema:schema142.oneOf[0],data};
if(vErrors === null){
vErrors = [err0];
}
else {
vErrors.push(err0);
}
errors++;
}
}
var _valid0 = _errs2 === errors;
if(_valid0){
valid0 = true;
passing0 = 0;
var props0 = {};
props0.packages = true;
}
const _errs3 = errors;
if(data && typeof data == "object" && !Array.isArray(data)){
if(data.files === undefined){
const err1 = {instancePath,schemaPath:"#/oneOf/1/required",keyword:"required",params:{missingProperty: "files"},message:"must have required property '"+"files"+"'",schema:schema142.oneOf[1].required,parentSchema:schema142.oneOf[1],data};
if(vErrors === null){
vErrors = [err1];
}
else {
vErrors.push(err1);
}
errors++;
}
}
var _valid0 = _errs3 === errors;
if(_valid0 && valid0){
valid0 = false;
passing0 = [passing0, 1];
}
else {
if(_valid0){
valid0 = true;
passing0 = 1;
if(props0 !== true){
props0 = props0 || {};
props0.files = true;
}
}
const _errs4 = errors;
if(data && typeof data == "object" && !Array.isArray(data)){
if(data.remove === undefined){
const err2 = {instancePath,schemaPath:"#/oneOf/2/required",keyword:"required",params:{missingProperty: "remove"},message:"must have required property '"+"remove"+"'",schema:schema142.oneOf[2].required,parentSchema:schema142.oneOf[2],data};
if(vErrors === null){
vErrors = [err2];
}
else {
vErrors.push(err2);
}
errors++;
}
}
var _valid0 = _errs4 === errors;
if(_valid0 && valid0){
valid0 = false;
passing0 = [passing0, 2];
}
else {
if(_valid0){
valid0 = true;
passing0 = 2;
if(props0 !== true){
props0 = props0 || {};
props0.remove = true;
}
}
const _errs5 = errors;
if(data && typeof data == "object" && !Array.isArray(data)){
if(data.run === undefined){
const err3 = {instancePath,schemaPath:"#/oneOf/3/required",keyword:"required",params:{missingProperty: "run"},message:"must have required property '"+"run"+"'",schema:schema142.oneOf[3].required,parentSchema:schema142.oneOf[3],data};
if(vErrors === null){
vErrors = [err3];
}
else {
vErrors.push(err3);
}
errors++;
}
}
var _valid0 = _errs5 === errors;
if(_valid0 && valid0){
valid0 = false;
passing0 = [passing0, 3];
}
else {
if(_valid0){
valid0 = true;
passing0 = 3;
if(props0 !== true){
props0 = props0 || {};
props0.run = true;
}
}
}
}
}
if(!valid0){
const err4 = {instancePath,schemaPath:"#/oneOf",keyword:"oneOf",params:{passingSchemas: passing0},message:"must match exactly one schema in oneOf",schema:schema142.oneOf,parentSchema:schema142,data};
if(vErrors === null){
vErrors = [err4];
}
else {
vErrors.push(err4);
}
errors++;
}
else {
errors = _errs1;
if(vErrors !== null){
if(_errs1){
vErrors.length = _errs1;
}
else {
vErrors = null;
}
}
}
if(data && typeof data == "object" && !Array.isArray(data)){
for(const key0 in data){
if(!((((((key0 === "packages") || (key0 === "files")) || (key0 === "remove")) || (key0 === "run")) || (key0 === "network")) || (key0 === "timeout"))){
const err5 = {instancePath,schemaPath:"#/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key0},message:"must NOT have additional properties",schema:false,parentSchema:schema142,data};
if(vErrors === null){
vErrors = [err5];
}
else {
vErrors.push(err5);
}
errors++;
}
}
if(data.packages !== undefined){
let data0 = data.packages;
if(Array.isArray(data0)){
if(data0.length > 1024){
const err6 = {instancePath:instancePath+"/packages",schemaPath:"#/properties/packages/maxItems",keyword:"maxItems",params:{limit: 1024},message:"must NOT have more than 1024 items",schema:1024,parentSchema:schema142.properties.packages,data:data0};
if(vErrors === null){
vErrors = [err6];
}
else {
vErrors.push(err6);
}
errors++;
}
if(data0.length < 1){
const err7 = {instancePath:instancePath+"/packages",schemaPath:"#/properties/packages/minItems",keyword:"minItems",params:{limit: 1},message:"must NOT have fewer than 1 items",schema:1,parentSchema:schema142.properties.packages,data:data0};
if(vErrors === null){
vErrors = [err7];
}
else {
vErrors.push(err7);
}
errors++;
}
const len0 = data0.length;
for(let i0=0; i0<len0; i0++){
let data1 = data0[i0];
if(typeof data1 === "string"){
if(func2(data1) > 256){
const err8 = {instancePath:instancePath+"/packages/" + i0,schemaPath:"#/$defs/packageName/maxLength",keyword:"maxLength",params:{limit: 256},message:"must NOT have more than 256 characters",schema:256,parentSchema:schema143,data:data1};
if(vErrors === null){
vErrors = [err8];
}
else {
vErrors.push(err8);
}
errors++;
}
if(!pattern84.test(data1)){
const err9 = {instancePath:instancePath+"/packages/" + i0,schemaPath:"#/$defs/packageName/pattern",keyword:"pattern",params:{pattern: "^[A-Za-z0-9][A-Za-z0-9+.:=~_/@-]*$"},message:"must match pattern \""+"^[A-Za-z0-9][A-Za-z0-9+.:=~_/@-]*$"+"\"",schema:"^[A-Za-z0-9][A-Za-z0-9+.:=~_/@-]*$",parentSchema:schema143,data:data1};
if(vErrors === null){
vErrors = [err9];
}
else {
vErrors.push(err9);
}
errors++;
}
}
else {
const err10 = {instancePath:instancePath+"/packages/" + i0,schemaPath:"#/$defs/packageName/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema143.type,parentSchema:schema143,data:data1};
if(vErrors === null){
vErrors = [err10];
}
else {
vErrors.push(err10);
}
errors++;
}
}
let i1 = data0.length;
let j0;
if(i1 > 1){
outer0:
for(;i1--;){
for(j0 = i1; j0--;){
if(func0(data0[i1], data0[j0])){
const err11 = {instancePath:instancePath+"/packages",schemaPath:"#/properties/packages/uniqueItems",keyword:"uniqueItems",params:{i: i1, j: j0},message:"must NOT have duplicate items (items ## "+j0+" and "+i1+" are identical)",schema:true,parentSchema:schema142.properties.packages,data:data0};
if(vErrors === null){
vErrors = [err11];
}
else {
vErrors.push(err11);
}
errors++;
break outer0;
}
}
}
}
}
else {
const err12 = {instancePath:instancePath+"/packages",schemaPath:"#/properties/packages/type",keyword:"type",params:{type: "array"},message:"must be array",schema:schema142.properties.packages.type,parentSchema:schema142.properties.packages,data:data0};
if(vErrors === null){
vErrors = [err12];
}
else {
vErrors.push(err12);
}
errors++;
}
}
if(data.files !== undefined){
let data2 = data.files;
if(Array.isArray(data2)){
if(data2.length > 1024){
const err13 = {instancePath:instancePath+"/files",schemaPath:"#/properties/files/maxItems",keyword:"maxItems",params:{limit: 1024},message:"must NOT have more than 1024 items",schema:1024,parentSchema:schema142.properties.files,data:data2};
if(vErrors === null){
vErrors = [err13];
}
else {
vErrors.push(err13);
}
errors++;
}
if(data2.length < 1){
const err14 = {instancePath:instancePath+"/files",schemaPath:"#/properties/files/minItems",keyword:"minItems",params:{limit: 1},message:"must NOT have fewer than 1 items",schema:1,parentSchema:schema142.properties.files,data:data2};
if(vErrors === null){
vErrors = [err14];
}
else {
vErrors.push(err14);
}
errors++;
}
const len1 = data2.length;
for(let i2=0; i2<len1; i2++){
if(!(validate54(data2[i2], {instancePath:instancePath+"/files/" + i2,parentData:data2,parentDataProperty:i2,rootData,dynamicAnchors}))){
vErrors = vErrors === null ? validate54.errors : vErrors.concat(validate54.errors);
errors = vErrors.length;
}
}
}
else {
const err15 = {instancePath:instancePath+"/files",schemaPath:"#/properties/files/type",keyword:"type",params:{type: "array"},message:"must be array",schema:schema142.properties.files.type,parentSchema:schema142.properties.files,data:data2};
if(vErrors === null){
vErrors = [err15];
}
else {
vErrors.push(err15);
}
errors++;
}
}
if(data.remove !== undefined){
let data4 = data.remove;
if(Array.isArray(data4)){
if(data4.length > 1024){
const err16 = {instancePath:instancePath+"/remove",schemaPath:"#/properties/remove/maxItems",keyword:"maxItems",params:{limit: 1024},message:"must NOT have more than 1024 items",schema:1024,parentSchema:schema142.properties.remove,data:data4};
if(vErrors === null){
vErrors = [err16];
}
else {
vErrors.push(err16);
}
errors++;
}
if(data4.length < 1){
const err17 = {instancePath:instancePath+"/remove",schemaPath:"#/properties/remove/minItems",keyword:"minItems",params:{limit: 1},message:"must NOT have fewer than 1 items",schema:1,parentSchema:schema142.properties.remove,data:data4};
if(vErrors === null){
vErrors = [err17];
}
else {
vErrors.push(err17);
}
errors++;
}
const len2 = data4.length;
for(let i3=0; i3<len2; i3++){
let data5 = data4[i3];
if(typeof data5 === "string"){
if(func2(data5) > 4095){
const err18 = {instancePath:instancePath+"/remove/" + i3,schemaPath:"#/$defs/rackPath/maxLength",keyword:"maxLength",params:{limit: 4095},message:"must NOT have more than 4095 characters",schema:4095,parentSchema:schema145,data:data5};
if(vErrors === null){
vErrors = [err18];
}
else {
vErrors.push(err18);
}
errors++;
}
if(!pattern10.test(data5)){
const err19 = {instancePath:instancePath+"/remove/" + i3,schemaPath:"#/$defs/rackPath/pattern",keyword:"pattern",params:{pattern: "^/"},message:"must match pattern \""+"^/"+"\"",schema:"^/",parentSchema:schema145,data:data5};
if(vErrors === null){
vErrors = [err19];
}
else {
vErrors.push(err19);
}
errors++;
}
}
else {
const err20 = {instancePath:instancePath+"/remove/" + i3,schemaPath:"#/$defs/rackPath/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema145.type,parentSchema:schema145,data:data5};
if(vErrors === null){
vErrors = [err20];
}
else {
vErrors.push(err20);
}
errors++;
}
}
}
else {
const err21 = {instancePath:instancePath+"/remove",schemaPath:"#/properties/remove/type",keyword:"type",params:{type: "array"},message:"must be array",schema:schema142.properties.remove.type,parentSchema:schema142.properties.remove,data:data4};
if(vErrors === null){
vErrors = [err21];
}
else {
vErrors.push(err21);
}
errors++;
}
}
if(data.run !== undefined){
let data6 = data.run;
const _errs21 = errors;
let valid11 = false;
const _errs22 = errors;
if(typeof data6 === "string"){
if(func2(data6) > 65536){
const err22 = {instancePath:instancePath+"/run",schemaPath:"#/properties/run/anyOf/0/maxLength",keyword:"maxLength",params:{limit: 65536},message:"must NOT have more than 65536 characters",schema:65536,parentSchema:schema142.properties.run.anyOf[0],data:data6};
if(vErrors === null){
vErrors = [err22];
}
else {
vErrors.push(err22);
}
errors++;
}
if(func2(data6) < 1){
const err23 = {instancePath:instancePath+"/run",schemaPath:"#/properties/run/anyOf/0/minLength",keyword:"minLength",params:{limit: 1},message:"must NOT have fewer than 1 characters",schema:1,parentSchema:schema142.properties.run.anyOf[0],data:data6};
if(vErrors === null){
vErrors = [err23];
}
else {
vErrors.push(err23);
}
errors++;
}
}
else {
const err24 = {instancePath:instancePath+"/run",schemaPath:"#/properties/run/anyOf/0/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema142.properties.run.anyOf[0].type,parentSchema:schema142.properties.run.anyOf[0],data:data6};
if(vErrors === null){
vErrors = [err24];
}
else {
vErrors.push(err24);
}
errors++;
}
var _valid1 = _errs22 === errors;
valid11 = valid11 || _valid1;
const _errs24 = errors;
if(Array.isArray(data6)){
if(data6.length > 256){
const err25 = {instancePath:instancePath+"/run",schemaPath:"#/properties/run/anyOf/1/maxItems",keyword:"maxItems",params:{limit: 256},message:"must NOT have more than 256 items",schema:256,parentSchema:schema142.properties.run.anyOf[1],data:data6};
if(vErrors === null){
vErrors = [err25];
}
else {
vErrors.push(err25);
}
errors++;
}
if(data6.length < 1){
const err26 = {instancePath:instancePath+"/run",schemaPath:"#/properties/run/anyOf/1/minItems",keyword:"minItems",params:{limit: 1},message:"must NOT have fewer than 1 items",schema:1,parentSchema:schema142.properties.run.anyOf[1],data:data6};
if(vErrors === null){
vErrors = [err26];
}
else {
vErrors.push(err26);
}
errors++;
}
const len3 = data6.length;
for(let i4=0; i4<len3; i4++){
let data7 = data6[i4];
if(typeof data7 === "string"){
if(func2(data7) > 32768){
const err27 = {instancePath:instancePath+"/run/" + i4,schemaPath:"#/properties/run/anyOf/1/items/maxLength",keyword:"maxLength",params:{limit: 32768},message:"must NOT have more than 32768 characters",schema:32768,parentSchema:schema142.properties.run.anyOf[1].items,data:data7};
if(vErrors === null){
vErrors = [err27];
}
else {
vErrors.push(err27);
}
errors++;
}
}
else {
const err28 = {instancePath:instancePath+"/run/" + i4,schemaPath:"#/properties/run/anyOf/1/items/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema142.properties.run.anyOf[1].items.type,parentSchema:schema142.properties.run.anyOf[1].items,data:data7};
if(vErrors === null){
vErrors = [err28];
}
else {
vErrors.push(err28);
}
errors++;
}
}
}
else {
const err29 = {instancePath:instancePath+"/run",schemaPath:"#/properties/run/anyOf/1/type",keyword:"type",params:{type: "array"},message:"must be array",schema:schema142.properties.run.anyOf[1].type,parentSchema:schema142.properties.run.anyOf[1],data:data6};
if(vErrors === null){
vErrors = [err29];
}
else {
vErrors.push(err29);
}
errors++;
}
var _valid1 = _errs24 === errors;
valid11 = valid11 || _valid1;
if(!valid11){
const err30 = {instancePath:instancePath+"/run",schemaPath:"#/properties/run/anyOf",keyword:"anyOf",params:{},message:"must match a schema in anyOf",schema:schema142.properties.run.anyOf,parentSchema:schema142.properties.run,data:data6};
if(vErrors === null){
vErrors = [err30];
}
else {
vErrors.push(err30);
}
errors++;
}
else {
errors = _errs21;
if(vErrors !== null){
if(_errs21){
vErrors.length = _errs21;
}
else {
vErrors = null;
}
}
}
}
if(data.network !== undefined){
let data8 = data.network;
if(typeof data8 !== "boolean"){
const err31 = {instancePath:instancePath+"/network",schemaPath:"#/properties/network/type",keyword:"type",params:{type: "boolean"},message:"must be boolean",schema:schema142.properties.network.type,parentSchema:schema142.properties.network,data:data8};
if(vErrors === null){
vErrors = [err31];
}
else {
vErrors.push(err31);
}
errors++;
}
}
if(data.timeout !== undefined){
let data9 = data.timeout;
if(typeof data9 === "string"){
if(func2(data9) > 16){
const err32 = {instancePath:instancePath+"/timeout",schemaPath:"#/$defs/duration/maxLength",keyword:"maxLength",params:{limit: 16},message:"must NOT have more than 16 characters",schema:16,parentSchema:schema150,data:data9};
if(vErrors === null){
vErrors = [err32];
}
else {
vErrors.push(err32);
}
errors++;
}
if(!pattern23.test(data9)){
const err33 = {instancePath:instancePath+"/timeout",schemaPath:"#/$defs/duration/pattern",keyword:"pattern",params:{pattern: "^[0-9]{1,9}(\\.[0-9]{1,3})?(ms|s|m|h)$"},message:"must match pattern \""+"^[0-9]{1,9}(\\.[0-9]{1,3})?(ms|s|m|h)$"+"\"",schema:"^[0-9]{1,9}(\\.[0-9]{1,3})?(ms|s|m|h)$",parentSchema:schema150,data:data9};
if(vErrors === null){
vErrors = [err33];
}
else {
vErrors.push(err33);
}
errors++;
}
}
else {
const err34 = {instancePath:instancePath+"/timeout",schemaPath:"#/$defs/duration/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema150.type,parentSchema:schema150,data:data9};
if(vErrors === null){
vErrors = [err34];
}
else {
vErrors.push(err34);
}
errors++;
}
}
}
else {
const err35 = {instancePath,schemaPath:"#/type",keyword:"type",params:{type: "object"},message:"must be object",schema:schema142.type,parentSchema:schema142,data};
if(vErrors === null){
vErrors = [err35];
}
else {
vErrors.push(err35);
}
errors++;
}
validate53.errors = vErrors;
return errors === 0;
}
validate53.evaluated = {"props":true,"dynamicProps":false,"dynamicItems":false};


function validate50(data, {instancePath="", parentData, parentDataProperty, rootData=data, dynamicAnchors={}}={}){
/*# sourceURL="https://rackops.invalid/schema/image.schema.json" */;
let vErrors = null;
let errors = 0;
const evaluated0 = validate50.evaluated;
if(evaluated0.dynamicProps){
evaluated0.props = undefined;
}
if(evaluated0.dynamicItems){
evaluated0.items = undefined;
}
if(data && typeof data == "object" && !Array.isArray(data)){
if(data.apiVersion === undefined){
const err0 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "apiVersion"},message:"must have required property '"+"apiVersion"+"'",schema:schema128.required,parentSchema:schema128,data};
if(vErrors === null){
vErrors = [err0];
}
else {
vErrors.push(err0);
}
errors++;
}
if(data.kind === undefined){
const err1 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "kind"},message:"must have required property '"+"kind"+"'",schema:schema128.required,parentSchema:schema128,data};
if(vErrors === null){
vErrors = [err1];
}
else {
vErrors.push(err1);
}
errors++;
}
if(data.name === undefined){
const err2 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "name"},message:"must have required property '"+"name"+"'",schema:schema128.required,parentSchema:schema128,data};
if(vErrors === null){
vErrors = [err2];
}
else {
vErrors.push(err2);
}
errors++;
}
if(data.version === undefined){
const err3 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "version"},message:"must have required property '"+"version"+"'",schema:schema128.required,parentSchema:schema128,data};
if(vErrors === null){
vErrors = [err3];
}
else {
vErrors.push(err3);
}
errors++;
}
if(data.base === undefined){
const err4 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "base"},message:"must have required property '"+"base"+"'",schema:schema128.required,parentSchema:schema128,data};
if(vErrors === null){
vErrors = [err4];
}
else {
vErrors.push(err4);
}
errors++;
}
for(const key0 in data){
if(!((((((key0 === "apiVersion") || (key0 === "kind")) || (key0 === "name")) || (key0 === "version")) || (key0 === "base")) || (key0 === "steps"))){
const err5 = {instancePath,schemaPath:"#/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key0},message:"must NOT have additional properties",schema:false,parentSchema:schema128,data};
if(vErrors === null){
vErrors = [err5];
}
else {
vErrors.push(err5);
}
errors++;
}
}
if(data.apiVersion !== undefined){
let data0 = data.apiVersion;
if("rackops/v1" !== data0){
const err6 = {instancePath:instancePath+"/apiVersion",schemaPath:"#/properties/apiVersion/const",keyword:"const",params:{allowedValue: "rackops/v1"},message:"must be equal to constant",schema:"rackops/v1",parentSchema:schema128.properties.apiVersion,data:data0};
if(vErrors === null){
vErrors = [err6];
}
else {
vErrors.push(err6);
}
errors++;
}
}
if(data.kind !== undefined){
let data1 = data.kind;
if("Image" !== data1){
const err7 = {instancePath:instancePath+"/kind",schemaPath:"#/properties/kind/const",keyword:"const",params:{allowedValue: "Image"},message:"must be equal to constant",schema:"Image",parentSchema:schema128.properties.kind,data:data1};
if(vErrors === null){
vErrors = [err7];
}
else {
vErrors.push(err7);
}
errors++;
}
}
if(data.name !== undefined){
let data2 = data.name;
if(typeof data2 === "string"){
if(func2(data2) > 32){
const err8 = {instancePath:instancePath+"/name",schemaPath:"#/$defs/name/maxLength",keyword:"maxLength",params:{limit: 32},message:"must NOT have more than 32 characters",schema:32,parentSchema:schema129,data:data2};
if(vErrors === null){
vErrors = [err8];
}
else {
vErrors.push(err8);
}
errors++;
}
if(!pattern4.test(data2)){
const err9 = {instancePath:instancePath+"/name",schemaPath:"#/$defs/name/pattern",keyword:"pattern",params:{pattern: "^[a-z][a-z0-9-]{0,31}$"},message:"must match pattern \""+"^[a-z][a-z0-9-]{0,31}$"+"\"",schema:"^[a-z][a-z0-9-]{0,31}$",parentSchema:schema129,data:data2};
if(vErrors === null){
vErrors = [err9];
}
else {
vErrors.push(err9);
}
errors++;
}
}
else {
const err10 = {instancePath:instancePath+"/name",schemaPath:"#/$defs/name/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema129.type,parentSchema:schema129,data:data2};
if(vErrors === null){
vErrors = [err10];
}
else {
vErrors.push(err10);
}
errors++;
}
}
if(data.version !== undefined){
let data3 = data.version;
if(typeof data3 === "string"){
if(func2(data3) > 64){
const err11 = {instancePath:instancePath+"/version",schemaPath:"#/$defs/version/maxLength",keyword:"maxLength",params:{limit: 64},message:"must NOT have more than 64 characters",schema:64,parentSchema:schema130,data:data3};
if(vErrors === null){
vErrors = [err11];
}
else {
vErrors.push(err11);
}
errors++;
}
if(!pattern73.test(data3)){
const err12 = {instancePath:instancePath+"/version",schemaPath:"#/$defs/version/pattern",keyword:"pattern",params:{pattern: "^[A-Za-z0-9][A-Za-z0-9._+~]*$"},message:"must match pattern \""+"^[A-Za-z0-9][A-Za-z0-9._+~]*$"+"\"",schema:"^[A-Za-z0-9][A-Za-z0-9._+~]*$",parentSchema:schema130,data:data3};
if(vErrors === null){
vErrors = [err12];
}
else {
vErrors.push(err12);
}
errors++;
}
}
else {
const err13 = {instancePath:instancePath+"/version",schemaPath:"#/$defs/version/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema130.type,parentSchema:schema130,data:data3};
if(vErrors === null){
vErrors = [err13];
}
else {
vErrors.push(err13);
}
errors++;
}
}
if(data.base !== undefined){
if(!(validate51(data.base, {instancePath:instancePath+"/base",parentData:data,parentDataProperty:"base",rootData,dynamicAnchors}))){
vErrors = vErrors === null ? validate51.errors : vErrors.concat(validate51.errors);
errors = vErrors.length;
}
}
if(data.steps !== undefined){
let data5 = data.steps;
if(Array.isArray(data5)){
if(data5.length > 256){
const err14 = {instancePath:instancePath+"/steps",schemaPath:"#/properties/steps/maxItems",keyword:"maxItems",params:{limit: 256},message:"must NOT have more than 256 items",schema:256,parentSchema:schema128.properties.steps,data:data5};
if(vErrors === null){
vErrors = [err14];
}
else {
vErrors.push(err14);
}
errors++;
}
const len0 = data5.length;
for(let i0=0; i0<len0; i0++){
if(!(validate53(data5[i0], {instancePath:instancePath+"/steps/" + i0,parentData:data5,parentDataProperty:i0,rootData,dynamicAnchors}))){
vErrors = vErrors === null ? validate53.errors : vErrors.concat(validate53.errors);
errors = vErrors.length;
}
}
}
else {
const err15 = {instancePath:instancePath+"/steps",schemaPath:"#/properties/steps/type",keyword:"type",params:{type: "array"},message:"must be array",schema:schema128.properties.steps.type,parentSchema:schema128.properties.steps,data:data5};
if(vErrors === null){
vErrors = [err15];
}
else {
vErrors.push(err15);
}
errors++;
}
}
}
else {
const err16 = {instancePath,schemaPath:"#/type",keyword:"type",params:{type: "object"},message:"must be object",schema:schema128.type,parentSchema:schema128,data};
if(vErrors === null){
vErrors = [err16];
}
else {
vErrors.push(err16);
}
errors++;
}
validate50.errors = vErrors;
return errors === 0;
}
validate50.evaluated = {"props":true,"dynamicProps":false,"dynamicItems":false};

/** Generated from schema/ by scripts/generate-types.ts: do not edit. */
export const rackSchema = {
  "$schema": "https://json-schema.org/draft/2020-12/schema",
  "$id": "https://rackops.invalid/schema/rack.schema.json",
  "title": "Rack",
  "description": "One rack: a read-only image, what runs in it, and how it is moved from one version to the next. One rack per file, `racks/<name>.yaml`.",
  "type": "object",
  "additionalProperties": false,
  "required": [
    "apiVersion",
    "kind",
    "name",
    "image",
    "services"
  ],
  "properties": {
    "apiVersion": {
      "description": "Version of this format.",
      "const": "rackops/v1",
      "examples": [
        "rackops/v1"
      ]
    },
    "kind": {
      "description": "What this file defines.",
      "const": "Rack",
      "examples": [
        "Rack"
      ]
    },
    "name": {
      "description": "Name of the rack, the same as the file name without `.yaml`.",
      "$ref": "#/$defs/name",
      "examples": [
        "webserver"
      ]
    },
    "image": {
      "description": "The squashfs image that holds the software. It is never written to.",
      "type": "object",
      "additionalProperties": false,
      "required": [
        "file",
        "sha256"
      ],
      "examples": [
        {
          "file": "webserver-2.0.iso",
          "sha256": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
        }
      ],
      "properties": {
        "file": {
          "description": "File name in the image store, without a directory.",
          "$ref": "#/$defs/imageFile",
          "examples": [
            "webserver-2.0.iso"
          ]
        },
        "sha256": {
          "description": "sha256 of the file: 64 hex digits, with or without `sha256:` in front. The image is what this says, whatever its file name.",
          "$ref": "#/$defs/sha256",
          "examples": [
            "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
          ]
        }
      }
    },
    "hosts": {
      "description": "Which hosts run this rack. Absent: every host that reads this repository.",
      "type": "object",
      "additionalProperties": false,
      "required": [
        "labels"
      ],
      "properties": {
        "labels": {
          "description": "Labels that the host's own configuration must have, all of them, with these values.",
          "$ref": "#/$defs/labels",
          "examples": [
            {
              "role": "web"
            }
          ]
        }
      }
    },
    "dependsOn": {
      "description": "Racks that must be ready before this one is moved. A rack that does not run on this host is ignored with a warning.",
      "type": "array",
      "maxItems": 64,
      "uniqueItems": true,
      "items": {
        "$ref": "#/$defs/name"
      },
      "default": [],
      "examples": [
        [
          "database"
        ]
      ]
    },
    "env": {
      "description": "Environment variables of all services: text, or a secret read from a file of the host.",
      "$ref": "#/$defs/env",
      "default": {},
      "examples": [
        {
          "RAILS_ENV": "production",
          "DB_PASSWORD": {
            "fromHostFile": "/etc/rackops/secrets/db"
          }
        }
      ]
    },
    "mounts": {
      "description": "Directories of the host that are visible in the rack. The host's configuration decides which are allowed (`allow.mounts`).",
      "type": "array",
      "maxItems": 64,
      "items": {
        "$ref": "#/$defs/mount"
      },
      "default": [],
      "examples": [
        [
          {
            "source": "/var/share",
            "target": "/var/share",
            "readOnly": true
          }
        ]
      ]
    },
    "files": {
      "description": "Files of this repository, from the same commit, read-only in the rack.",
      "type": "array",
      "maxItems": 256,
      "items": {
        "$ref": "#/$defs/file"
      },
      "default": [],
      "examples": [
        [
          {
            "path": "/etc/nginx/conf.d/site.conf",
            "source": "files/site.conf",
            "mode": "0644"
          }
        ]
      ]
    },
    "services": {
      "description": "The processes of the rack, by name.",
      "type": "object",
      "minProperties": 1,
      "maxProperties": 32,
      "propertyNames": {
        "$ref": "#/$defs/name"
      },
      "additionalProperties": {
        "$ref": "#/$defs/service"
      },
      "examples": [
        {
          "nginx": {
            "command": [
              "nginx",
              "-g",
              "daemon off;"
            ]
          }
        }
      ]
    },
    "rollout": {
      "description": "How the rack is moved from one version to the next.",
      "$ref": "#/$defs/rollout"
    }
  },
  "$defs": {
    "name": {
      "description": "Lower-case letter, then lower-case letters, digits and hyphens; 32 characters at most.",
      "type": "string",
      "maxLength": 32,
      "pattern": "^[a-z][a-z0-9-]{0,31}$"
    },
    "imageFile": {
      "description": "A plain file name of letters, digits and `. _ + ~ -`; 200 characters at most.",
      "type": "string",
      "maxLength": 200,
      "pattern": "^[A-Za-z0-9_][A-Za-z0-9._+~-]*$"
    },
    "sha256": {
      "description": "64 hex digits.",
      "type": "string",
      "maxLength": 71,
      "pattern": "^(sha256:)?[0-9a-fA-F]{64}$"
    },
    "duration": {
      "description": "A number with its unit: `ms`, `s`, `m` or `h`.",
      "type": "string",
      "maxLength": 16,
      "pattern": "^[0-9]{1,9}(\\.[0-9]{1,3})?(ms|s|m|h)$"
    },
    "memory": {
      "description": "A whole number with its unit: `KiB`, `MiB` or `GiB`.",
      "type": "string",
      "maxLength": 16,
      "pattern": "^[1-9][0-9]{0,8}(KiB|MiB|GiB)$"
    },
    "hostPath": {
      "description": "Absolute path on the host, without `.`, `..` and empty parts.",
      "type": "string",
      "maxLength": 4095,
      "pattern": "^/"
    },
    "rackPath": {
      "description": "Absolute path as a process in the rack sees it, without `.`, `..` and empty parts.",
      "type": "string",
      "maxLength": 4095,
      "pattern": "^/"
    },
    "repositoryPath": {
      "description": "Path in the repository, without `.`, `..` and empty parts.",
      "type": "string",
      "minLength": 1,
      "maxLength": 1024,
      "pattern": "^[^/]"
    },
    "port": {
      "description": "TCP port, 1 to 65535.",
      "type": "integer",
      "minimum": 1,
      "maximum": 65535
    },
    "probeHost": {
      "description": "Host name or address that the probe connects to.",
      "type": "string",
      "maxLength": 253,
      "pattern": "^[A-Za-z0-9]([A-Za-z0-9.:-]*[A-Za-z0-9])?$|^::[0-9A-Fa-f:.]*$"
    },
    "command": {
      "description": "Program and arguments, as a list: no shell takes part.",
      "type": "array",
      "minItems": 1,
      "maxItems": 256,
      "items": {
        "type": "string",
        "maxLength": 32768
      }
    },
    "labels": {
      "description": "Names and values, both text; at least one.",
      "type": "object",
      "minProperties": 1,
      "maxProperties": 64,
      "propertyNames": {
        "$ref": "#/$defs/labelName"
      },
      "additionalProperties": {
        "$ref": "#/$defs/labelValue"
      }
    },
    "labelName": {
      "description": "Letters, digits and `. _ / -`, beginning with a letter; 63 characters at most.",
      "type": "string",
      "maxLength": 63,
      "pattern": "^[A-Za-z][A-Za-z0-9._/-]*$"
    },
    "labelValue": {
      "description": "Text of 63 characters at most.",
      "type": "string",
      "maxLength": 63
    },
    "envName": {
      "description": "Letters, digits and underscores, not beginning with a digit.",
      "type": "string",
      "maxLength": 128,
      "pattern": "^[A-Za-z_][A-Za-z0-9_]*$"
    },
    "env": {
      "description": "Environment variables.",
      "type": "object",
      "maxProperties": 256,
      "propertyNames": {
        "$ref": "#/$defs/envName"
      },
      "additionalProperties": {
        "$ref": "#/$defs/envValue"
      }
    },
    "envValue": {
      "description": "Text (numbers in quotes), or `{fromHostFile: /path}`: the content of a host file, read when the service is started and never stored.",
      "anyOf": [
        {
          "type": "string",
          "maxLength": 32768
        },
        {
          "type": "object",
          "additionalProperties": false,
          "required": [
            "fromHostFile"
          ],
          "properties": {
            "fromHostFile": {
              "description": "File of the host within `allow.secrets`; one line end at its end is dropped.",
              "$ref": "#/$defs/hostPath",
              "examples": [
                "/etc/rackops/secrets/db"
              ]
            }
          }
        }
      ]
    },
    "mount": {
      "description": "One directory of the host in the rack.",
      "type": "object",
      "additionalProperties": false,
      "required": [
        "source",
        "target"
      ],
      "properties": {
        "source": {
          "description": "Directory on the host; must exist there.",
          "$ref": "#/$defs/hostPath",
          "examples": [
            "/var/share"
          ]
        },
        "target": {
          "description": "Where it appears in the rack. Not `/`, and not in `/proc`, `/sys` or `/dev`.",
          "$ref": "#/$defs/rackPath",
          "examples": [
            "/var/share"
          ]
        },
        "readOnly": {
          "description": "The rack cannot write to it.",
          "type": "boolean",
          "default": false,
          "examples": [
            true
          ]
        },
        "rehearse": {
          "description": "What a rehearsal sees there: `readOnly`, a read-only view in which live unix sockets answer nobody; `empty`, an empty directory that is thrown away; `share`, the real thing: what the new version writes or says there is real.",
          "enum": [
            "readOnly",
            "empty",
            "share"
          ],
          "default": "readOnly",
          "examples": [
            "empty"
          ]
        }
      }
    },
    "file": {
      "description": "One file of the repository in the rack.",
      "type": "object",
      "additionalProperties": false,
      "required": [
        "path",
        "source"
      ],
      "properties": {
        "path": {
          "description": "Where it appears in the rack, read-only.",
          "$ref": "#/$defs/rackPath",
          "examples": [
            "/etc/nginx/conf.d/site.conf"
          ]
        },
        "source": {
          "description": "File in the repository, 1 MiB at most; looked for from the repository's root, then beside the definition.",
          "$ref": "#/$defs/repositoryPath",
          "examples": [
            "files/site.conf"
          ]
        },
        "mode": {
          "description": "Permission bits, three octal digits, in quotes; `0o644` is understood too.",
          "$ref": "#/$defs/mode",
          "default": "0644",
          "examples": [
            "0644"
          ]
        }
      }
    },
    "mode": {
      "description": "Permission bits.",
      "anyOf": [
        {
          "type": "string",
          "maxLength": 4,
          "pattern": "^0?[0-7]{3}$"
        },
        {
          "type": "integer",
          "minimum": 0,
          "maximum": 511
        }
      ]
    },
    "service": {
      "description": "One process of the rack. It is process 1 of a namespace of its own.",
      "type": "object",
      "additionalProperties": false,
      "required": [
        "command"
      ],
      "properties": {
        "command": {
          "description": "Program and arguments, as a list; the program is looked up in PATH inside the rack. It must stay in the foreground.",
          "$ref": "#/$defs/command",
          "examples": [
            [
              "nginx",
              "-g",
              "daemon off;"
            ]
          ]
        },
        "user": {
          "description": "User name, or `uid` or `uid:gid`; names are looked up in the rack.",
          "$ref": "#/$defs/user",
          "default": "root",
          "examples": [
            "www-data"
          ]
        },
        "workdir": {
          "description": "Working directory in the rack.",
          "$ref": "#/$defs/rackPath",
          "default": "/",
          "examples": [
            "/srv/app"
          ]
        },
        "env": {
          "description": "Environment variables of this service, over those of the rack. PATH is set unless you set it.",
          "$ref": "#/$defs/env",
          "default": {},
          "examples": [
            {
              "NGINX": "3;"
            }
          ]
        },
        "listen": {
          "description": "TCP addresses that are opened for the service and handed to it as file descriptors from 3 on (LISTEN_FDS). They stay open while versions change.",
          "type": "array",
          "maxItems": 16,
          "items": {
            "$ref": "#/$defs/listen"
          },
          "default": [],
          "examples": [
            [
              "0.0.0.0:80"
            ]
          ]
        },
        "stop": {
          "description": "How the service is asked to end.",
          "type": "object",
          "additionalProperties": false,
          "properties": {
            "signal": {
              "description": "Signal that is sent first, without `SIG`.",
              "$ref": "#/$defs/signal",
              "default": "TERM",
              "examples": [
                "QUIT"
              ]
            },
            "timeout": {
              "description": "How long to wait before everything that is left of the service is killed; 1s to 10m.",
              "$ref": "#/$defs/duration",
              "default": "10s",
              "examples": [
                "30s"
              ]
            }
          }
        },
        "restart": {
          "description": "What happens when the service ends by itself.",
          "type": "object",
          "additionalProperties": false,
          "properties": {
            "policy": {
              "description": "`always`, `on-failure` (not after exit code 0) or `never`.",
              "enum": [
                "always",
                "on-failure",
                "never"
              ],
              "default": "always",
              "examples": [
                "on-failure"
              ]
            },
            "delay": {
              "description": "Wait before the first restart, doubled at each further one; 100ms to 1h.",
              "$ref": "#/$defs/duration",
              "default": "1s",
              "examples": [
                "1s"
              ]
            },
            "maxDelay": {
              "description": "The longest wait between two restarts; at least `delay`, 1h at most.",
              "$ref": "#/$defs/duration",
              "default": "30s",
              "examples": [
                "5m"
              ]
            },
            "onUnhealthy": {
              "description": "Restart the service also when its probe says unhealthy (it hangs) after the rollout is committed.",
              "type": "boolean",
              "default": false,
              "examples": [
                true
              ]
            }
          }
        },
        "dependsOn": {
          "description": "Services of this rack that are started before this one and stopped after it.",
          "type": "array",
          "maxItems": 32,
          "uniqueItems": true,
          "items": {
            "$ref": "#/$defs/name"
          },
          "default": [],
          "examples": [
            [
              "database"
            ]
          ]
        },
        "health": {
          "description": "How to find out whether the service works. Without it, it only has to stay up.",
          "$ref": "#/$defs/health"
        },
        "capabilities": {
          "description": "Linux capabilities of the service, with or without `CAP_`, within the host's `allow.capabilities`. An empty list: none.",
          "type": "array",
          "maxItems": 41,
          "uniqueItems": true,
          "items": {
            "$ref": "#/$defs/capability"
          },
          "default": [
            "CHOWN",
            "DAC_OVERRIDE",
            "FOWNER",
            "KILL",
            "NET_BIND_SERVICE",
            "SETGID",
            "SETUID"
          ],
          "examples": [
            [
              "NET_BIND_SERVICE"
            ]
          ]
        },
        "resources": {
          "description": "Limits, where the host's control groups allow them.",
          "type": "object",
          "additionalProperties": false,
          "properties": {
            "memory": {
              "description": "Most memory, in KiB, MiB or GiB; no limit when absent.",
              "$ref": "#/$defs/memory",
              "examples": [
                "512MiB"
              ]
            },
            "cpus": {
              "description": "Most processor time, in processors; no limit when absent.",
              "type": "number",
              "minimum": 0.01,
              "maximum": 1024,
              "examples": [
                1.5
              ]
            },
            "pids": {
              "description": "Most processes and threads; no limit when absent.",
              "type": "integer",
              "minimum": 1,
              "maximum": 4194304,
              "examples": [
                256
              ]
            }
          }
        }
      }
    },
    "user": {
      "description": "User name, uid, or `uid:gid`.",
      "anyOf": [
        {
          "type": "string",
          "maxLength": 32,
          "pattern": "^([A-Za-z_][A-Za-z0-9_.-]*|[0-9]{1,10}(:[0-9]{1,10})?)$"
        },
        {
          "type": "integer",
          "minimum": 0,
          "maximum": 4294967294
        }
      ]
    },
    "signal": {
      "description": "Name of a signal, without `SIG`.",
      "enum": [
        "TERM",
        "QUIT",
        "INT",
        "HUP",
        "USR1",
        "USR2",
        "WINCH",
        "KILL"
      ]
    },
    "listen": {
      "description": "`address:port`; IPv6 in brackets. `0.0.0.0` is every IPv4 address, `[::]` every address.",
      "type": "string",
      "maxLength": 64,
      "pattern": "^([0-9.]{7,15}|\\[[0-9A-Fa-f:.]{2,45}\\]):[0-9]{1,5}$"
    },
    "capability": {
      "description": "Name of a Linux capability, with or without `CAP_`.",
      "type": "string",
      "maxLength": 40,
      "pattern": "^(CAP_)?[A-Z][A-Z_]*$"
    },
    "health": {
      "description": "A probe: exactly one of `http`, `tcp` and `exec`.",
      "type": "object",
      "additionalProperties": false,
      "oneOf": [
        {
          "required": [
            "http"
          ],
          "properties": {
            "http": true
          }
        },
        {
          "required": [
            "tcp"
          ],
          "properties": {
            "tcp": true
          }
        },
        {
          "required": [
            "exec"
          ],
          "properties": {
            "exec": true
          }
        }
      ],
      "properties": {
        "http": {
          "description": "Healthy when an HTTP GET is answered as wanted.",
          "type": "object",
          "additionalProperties": false,
          "required": [
            "port"
          ],
          "properties": {
            "port": {
              "description": "TCP port to connect to.",
              "$ref": "#/$defs/port",
              "examples": [
                80
              ]
            },
            "host": {
              "description": "Where to connect to; default: the listen address with that port, else 127.0.0.1.",
              "$ref": "#/$defs/probeHost",
              "examples": [
                "127.0.0.1"
              ]
            },
            "path": {
              "description": "Path and query that are asked for.",
              "type": "string",
              "maxLength": 2048,
              "pattern": "^/[!-~]*$",
              "default": "/",
              "examples": [
                "/up"
              ]
            },
            "status": {
              "description": "The status code that means healthy.",
              "type": "integer",
              "minimum": 100,
              "maximum": 599,
              "default": 200,
              "examples": [
                200
              ]
            },
            "body": {
              "description": "Regular expression (JavaScript) that must be found in the first 64 KiB of the answer; any answer when absent.",
              "type": "string",
              "minLength": 1,
              "maxLength": 512,
              "examples": [
                "^2\\.0"
              ]
            }
          }
        },
        "tcp": {
          "description": "Healthy when a connection is accepted.",
          "type": "object",
          "additionalProperties": false,
          "required": [
            "port"
          ],
          "properties": {
            "port": {
              "description": "TCP port to connect to.",
              "$ref": "#/$defs/port",
              "examples": [
                5432
              ]
            },
            "host": {
              "description": "Where to connect to; default: the listen address with that port, else 127.0.0.1.",
              "$ref": "#/$defs/probeHost",
              "examples": [
                "127.0.0.1"
              ]
            }
          }
        },
        "exec": {
          "description": "Healthy when a program run in the rack ends with exit code 0.",
          "type": "object",
          "additionalProperties": false,
          "required": [
            "command"
          ],
          "properties": {
            "command": {
              "description": "Program and arguments, as a list.",
              "$ref": "#/$defs/command",
              "examples": [
                [
                  "pg_isready",
                  "-q"
                ]
              ]
            }
          }
        },
        "interval": {
          "description": "Time between two probes; 50ms to 1h.",
          "$ref": "#/$defs/duration",
          "default": "2s",
          "examples": [
            "2s"
          ]
        },
        "timeout": {
          "description": "How long one probe may take; 10ms to 5m.",
          "$ref": "#/$defs/duration",
          "default": "1s",
          "examples": [
            "1s"
          ]
        },
        "startPeriod": {
          "description": "Failures do not count for this long after the start, until the first success; 0s to 1h.",
          "$ref": "#/$defs/duration",
          "default": "30s",
          "examples": [
            "30s"
          ]
        },
        "healthyAfter": {
          "description": "Successes in a row that mean healthy.",
          "type": "integer",
          "minimum": 1,
          "maximum": 100,
          "default": 2,
          "examples": [
            2
          ]
        },
        "unhealthyAfter": {
          "description": "Failures in a row that mean unhealthy.",
          "type": "integer",
          "minimum": 1,
          "maximum": 100,
          "default": 3,
          "examples": [
            3
          ]
        }
      }
    },
    "rollout": {
      "description": "How a new version is proved, and what happens when it fails.",
      "type": "object",
      "additionalProperties": false,
      "properties": {
        "rehearse": {
          "description": "Try the new version on a throw-away view of the writable layer first, on a private network, while the running one goes on. `auto`: when a service has a health check and this definition was not committed here before; `always`: at every swap; `never`: not at all.",
          "enum": [
            "auto",
            "always",
            "never"
          ],
          "default": "auto",
          "examples": [
            "auto"
          ]
        },
        "bake": {
          "description": "How long the new version must stay healthy, without a restart, before it is committed; 0s to 24h.",
          "$ref": "#/$defs/duration",
          "default": "10s",
          "examples": [
            "10s"
          ]
        },
        "timeout": {
          "description": "How long the new version may take to become healthy, and how long listening sockets stay open while nothing serves them; 1s to 24h.",
          "$ref": "#/$defs/duration",
          "default": "2m",
          "examples": [
            "2m"
          ]
        },
        "onFailure": {
          "description": "`rollback` puts the old version back; `hold` leaves the failed one for a person to look at.",
          "enum": [
            "rollback",
            "hold"
          ],
          "default": "rollback",
          "examples": [
            "rollback"
          ]
        },
        "data": {
          "description": "What a rollback does with the writable layer: `keep` it, or `restore` it as it was before the swap. Not yet in force: `restore` is refused.",
          "enum": [
            "keep",
            "restore"
          ],
          "default": "keep",
          "examples": [
            "keep"
          ]
        },
        "shadow": {
          "description": "What to do about files of the writable layer that hide files of a new image. Not yet in force.",
          "type": "object",
          "additionalProperties": false,
          "properties": {
            "default": {
              "description": "For paths that no rule names.",
              "$ref": "#/$defs/shadowPolicy",
              "default": "keep",
              "examples": [
                "keep"
              ]
            },
            "rules": {
              "description": "The first rule whose path matches counts.",
              "type": "array",
              "maxItems": 256,
              "items": {
                "type": "object",
                "additionalProperties": false,
                "required": [
                  "path",
                  "policy"
                ],
                "properties": {
                  "path": {
                    "description": "Glob of paths in the rack.",
                    "$ref": "#/$defs/rackPath",
                    "examples": [
                      "/usr/**"
                    ]
                  },
                  "policy": {
                    "description": "What to do about a match.",
                    "$ref": "#/$defs/shadowPolicy",
                    "examples": [
                      "fail"
                    ]
                  }
                }
              },
              "default": [],
              "examples": [
                [
                  {
                    "path": "/usr/**",
                    "policy": "fail"
                  }
                ]
              ]
            }
          }
        }
      }
    },
    "shadowPolicy": {
      "description": "`keep` the file of the writable layer, `fail` the rollout, or `drop` the file so that the image's is seen.",
      "enum": [
        "keep",
        "fail",
        "drop"
      ]
    }
  }
};

/**
 * Reads an Envoy v3 bootstrap from YAML or JSON into its protobuf messages and tells, with file, line and field path,
 * what is wrong with it or not supported. Control thread only; nothing here knows the engine.
 */
package dev.ringway.control.config;

/**
 * Turns a bootstrap into a snapshot of the engine's model: checks what protobuf cannot (ranges, references, names given
 * twice), applies Envoy's defaults, and looks up names for STRICT_DNS. Control thread only unless said otherwise.
 */
package dev.ringway.control.translate;

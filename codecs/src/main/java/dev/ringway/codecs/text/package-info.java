/**
 * ASCII text in buffers: character classes, scanning eight bytes at a time, numbers in and out. Used by every text
 * protocol of this module.
 */
package dev.ringway.codecs.text;

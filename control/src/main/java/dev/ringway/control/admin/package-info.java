/**
 * The administration server, with Envoy's paths and shapes. Own threads; never on a loop.
 */
package dev.ringway.control.admin;

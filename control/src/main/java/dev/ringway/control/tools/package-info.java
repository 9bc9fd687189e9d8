/**
 * Tools that look at a process from outside.
 */
package dev.ringway.control.tools;

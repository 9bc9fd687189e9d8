/**
 * The configuration in force: loading it, and putting another in its place while loops serve. Control thread only,
 * unless a class says otherwise.
 */
package dev.ringway.control.reload;

/**
 * What was submitted and who gets the completion: tokens, operations, slots with generations. Nothing above this
 * package knows which kernel interface completes operations. Loop thread only.
 */
package dev.ringway.engine.io;

package dev.ringway.control.reload;

import java.time.Instant;

/**
 * A reload that came to nothing. Immutable.
 *
 * @param at     when.
 * @param reason everything that was wrong, a line for each fault: file, line and path of the field, and why.
 */
public record Refusal(Instant at, String reason)
{
}

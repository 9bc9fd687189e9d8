package dev.ringway.engine.balance;

/**
 * What a table of hashes is like. Immutable.
 *
 * @param size   points of a ring, or entries.
 * @param fewest of the endpoint that has the fewest.
 * @param most   of the endpoint that has the most.
 */
public record HashShape(int size, int fewest, int most)
{
}

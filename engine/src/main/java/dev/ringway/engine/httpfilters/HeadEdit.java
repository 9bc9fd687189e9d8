package dev.ringway.engine.httpfilters;

import dev.ringway.engine.route.FieldChanges;
import dev.ringway.engine.route.FieldName;
import dev.ringway.engine.route.ValuePart;

import java.util.List;

/**
 * Something that a filter does to a head. Immutable. Envoy: {@code config.common.mutation_rules.v3.HeaderMutation}.
 */
public sealed interface HeadEdit
{
    /**
     * Puts a field there.
     *
     * @param put {@code append}.
     */
    record Put(FieldChanges.Put put) implements HeadEdit
    {
    }

    /**
     * Removes all fields of a name.
     *
     * @param name {@code remove}.
     */
    record Remove(FieldName name) implements HeadEdit
    {
    }

    /**
     * @param edits of a response.
     * @return whether one of them asks for a field of the request.
     */
    static boolean readRequest(final List<HeadEdit> edits)
    {
        return edits.stream().anyMatch(edit -> edit instanceof Put(final FieldChanges.Put put) && put.value().stream()
            .anyMatch(part -> part instanceof final ValuePart.Field field && !field.ofResponse()));
    }
}

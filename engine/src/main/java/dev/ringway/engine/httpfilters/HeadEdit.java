package dev.ringway.engine.httpfilters;

import dev.ringway.engine.filter.FilterField;
import dev.ringway.engine.filter.FilterHead;
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
     * @param put   {@code append}.
     * @param known the field itself where its value is text alone, otherwise null.
     */
    record Put(FieldChanges.Put put, FilterField known) implements HeadEdit
    {
        /**
         * @param put {@code append}.
         */
        public Put(final FieldChanges.Put put)
        {
            this(put, known(put));
        }

        private static FilterField known(final FieldChanges.Put put)
        {
            final byte[] name = put.name().bytes().byteArray();
            return put.value().size() == 1 && put.value().getFirst() instanceof ValuePart.Text(final byte[] text) &&
                text.length > 0 && !FilterHead.isFixed(name) ? FilterField.of(name, text) : null;
        }
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
        return edits.stream().anyMatch(edit -> edit instanceof final Put put && put.put().value().stream()
            .anyMatch(part -> part instanceof final ValuePart.Field field && !field.ofResponse()));
    }
}

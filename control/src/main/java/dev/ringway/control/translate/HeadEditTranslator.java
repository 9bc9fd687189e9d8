package dev.ringway.control.translate;

import dev.ringway.control.config.FieldPath;
import dev.ringway.control.translate.FieldTranslator.Where;
import dev.ringway.engine.httpfilters.HeadEdit;
import dev.ringway.engine.route.FieldChanges.Action;
import io.envoyproxy.envoy.config.common.mutation_rules.v3.HeaderMutation;
import io.envoyproxy.envoy.config.core.v3.HeaderValueOption;

import java.util.ArrayList;
import java.util.List;

/**
 * Translates what filters do to heads. Control thread only.
 */
final class HeadEditTranslator
{
    private final Checks checks;
    private final FieldTranslator fields;

    /**
     * @param checks where faults go.
     */
    HeadEditTranslator(final Checks checks)
    {
        this.checks = checks;
        fields = new FieldTranslator(checks);
    }

    /**
     * As Envoy, which replaces fields before it adds some.
     *
     * @param configs messages.
     * @param path    where they stand.
     * @param most    how many there may be.
     * @param where   the fields are put.
     * @return edits of a head.
     */
    List<HeadEdit> puts(
        final List<HeaderValueOption> configs, final FieldPath path, final int most, final Where where)
    {
        if (configs.size() > most)
        {
            checks.fault(path, "has " + configs.size() + " entries; at most " + most + " are allowed");
        }
        final List<HeadEdit.Put> edits = new ArrayList<>(configs.size());
        for (int i = 0; i < configs.size(); i++)
        {
            edits.add(new HeadEdit.Put(fields.put(configs.get(i), path.at(i), where)));
        }
        final List<HeadEdit> ordered = new ArrayList<>(edits.stream().filter(HeadEditTranslator::replaces).toList());
        ordered.addAll(edits.stream().filter(edit -> !replaces(edit)).toList());
        return List.copyOf(ordered);
    }

    private static boolean replaces(final HeadEdit.Put edit)
    {
        return edit.put().action() == Action.OVERWRITE_IF_EXISTS ||
            edit.put().action() == Action.OVERWRITE_IF_EXISTS_OR_ADD;
    }

    /**
     * @param configs messages.
     * @param path    where they stand.
     * @param where   the fields are put.
     * @return edits of a head, in the same order.
     */
    List<HeadEdit> mutations(final List<HeaderMutation> configs, final FieldPath path, final Where where)
    {
        final List<HeadEdit> edits = new ArrayList<>(configs.size());
        for (int i = 0; i < configs.size(); i++)
        {
            switch (configs.get(i).getActionCase())
            {
                case REMOVE -> edits.add(new HeadEdit.Remove(
                    fields.name(configs.get(i).getRemove(), path.at(i).field("remove"))));
                case APPEND -> edits.add(new HeadEdit.Put(
                    fields.put(configs.get(i).getAppend(), path.at(i).field("append"), where)));
                default -> checks.fault(path.at(i), "needs append or remove");
            }
        }
        return List.copyOf(edits);
    }
}

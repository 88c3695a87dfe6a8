def migrate(cr, version):
    """Let this and later updates change what the jobs call, and drop two rules.

    The server actions came with the jobs, which are made once (`noupdate`), and so were
    closed to updates as well; now `data/ir_cron.xml` has them as records of their own.

    The rules by which an administrator of one company changed what is shared by all are
    no longer in the data: the update deletes them once they are not `noupdate`.
    """
    cr.execute(
        """
        UPDATE ir_model_data SET noupdate = FALSE
         WHERE module = 'account_tochka' AND model = 'ir.actions.server'
           AND name LIKE 'ir_cron_%_ir_actions_server'
        """
    )
    cr.execute(
        """
        UPDATE ir_model_data SET noupdate = FALSE
         WHERE module = 'account_tochka' AND model = 'ir.rule'
           AND name IN ('cash_flow_item_manager_rule', 'cash_flow_rule_manager_rule')
        """
    )

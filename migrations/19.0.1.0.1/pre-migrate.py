def migrate(cr, version):
    """Let this and later updates change what the jobs call.

    The server actions came with the jobs, which are made once (`noupdate`), and so were
    closed to updates as well; now `data/ir_cron.xml` has them as records of their own.
    """
    cr.execute(
        """
        UPDATE ir_model_data SET noupdate = FALSE
         WHERE module = 'account_tochka' AND model = 'ir.actions.server'
           AND name LIKE 'ir_cron_%_ir_actions_server'
        """
    )
